package dev.wsmesh.gateway.http;

import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.http.HttpStatus;

/** An error as RFC 9457 has it; its detail says what to do. */
final class Problem extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What {@code type} begins with; what follows is listed in docs/http.md. */
    private static final String TYPE = "urn:wsmesh:problem:";

    /** As RFC 9457 has it where the status says all there is to say. */
    private static final String NO_TYPE = "about:blank";

    private final HttpStatus status;
    private final String type;
    private final String title;
    private final String detail;
    private final transient Map<String, Object> members = new LinkedHashMap<>();
    private final transient Map<String, String> headers = new LinkedHashMap<>();

    private Problem(HttpStatus status, String type, String title, String detail) {
        super(detail, null, false, false);
        this.status = status;
        this.type = type;
        this.title = title;
        this.detail = detail;
    }

    static Problem badRequest(String detail) {
        return new Problem(HttpStatus.BAD_REQUEST, TYPE + "bad-request", "The request is not as it should be", detail);
    }

    static Problem unauthorized(String detail) {
        return new Problem(HttpStatus.UNAUTHORIZED, TYPE + "no-token", "A token is needed", detail)
                .header("WWW-Authenticate", "Bearer realm=\"wsmesh\"");
    }

    static Problem forbidden(String detail) {
        return new Problem(HttpStatus.FORBIDDEN, TYPE + "not-allowed", "That is not allowed", detail);
    }

    static Problem notFound(String detail) {
        return new Problem(HttpStatus.NOT_FOUND, TYPE + "not-found", "There is nothing here", detail);
    }

    static Problem methodNotAllowed(String allowed) {
        return new Problem(
                        HttpStatus.METHOD_NOT_ALLOWED,
                        TYPE + "method",
                        "There is no such method here",
                        "allowed here: " + allowed)
                .header("Allow", allowed);
    }

    static Problem notAcceptable(String detail) {
        return new Problem(HttpStatus.NOT_ACCEPTABLE, TYPE + "not-acceptable", "There is no such form of it", detail);
    }

    static Problem tooLarge(String detail) {
        return new Problem(HttpStatus.CONTENT_TOO_LARGE, TYPE + "too-large", "The message is too large", detail);
    }

    static Problem unsupported(String detail) {
        return new Problem(
                HttpStatus.UNSUPPORTED_MEDIA_TYPE,
                TYPE + "content-encoding",
                "The body is encoded in some way",
                detail);
    }

    /** Somebody has read the body before the gateway could. */
    static Problem bodyTaken() {
        return new Problem(
                        HttpStatus.UNSUPPORTED_MEDIA_TYPE,
                        TYPE + "body-taken",
                        "The body is not whole any more",
                        "this application reads bodies of this Content-Type before they come to the mesh, and nothing was"
                                + " published: send it as application/octet-stream, or set"
                                + " spring.servlet.multipart.resolve-lazily=true for multipart bodies; for forms, look for a"
                                + " filter that asks for parameters")
                .with("published", false);
    }

    static Problem tooMany(String type, String title, String detail) {
        return new Problem(HttpStatus.TOO_MANY_REQUESTS, TYPE + type, title, detail).header("Retry-After", "1");
    }

    static Problem unavailable(String type, String title, String detail) {
        return new Problem(HttpStatus.SERVICE_UNAVAILABLE, TYPE + type, title, detail).header("Retry-After", "1");
    }

    static Problem timeout(String detail) {
        return new Problem(
                HttpStatus.GATEWAY_TIMEOUT,
                TYPE + "not-acknowledged",
                "Published, but not acknowledged in time",
                detail);
    }

    /** The body stopped coming. */
    static Problem late() {
        return new Problem(
                        HttpStatus.REQUEST_TIMEOUT,
                        TYPE + "late",
                        "The request did not come in time",
                        "the web server waits for the rest of a request only so long, and nothing was published: send it"
                                + " again, and all of it at once")
                .with("published", false);
    }

    /** By somebody who stands before the gateway. */
    static Problem refused(HttpStatus status, String detail) {
        return new Problem(status, NO_TYPE, status.getReasonPhrase(), detail);
    }

    static Problem failed() {
        return new Problem(
                HttpStatus.INTERNAL_SERVER_ERROR,
                TYPE + "failed",
                "The node failed at this request",
                "a mistake of the node's: its log says more; please report it");
    }

    /** The same with one more member. */
    Problem with(String member, Object value) {
        members.put(member, value);
        return this;
    }

    private Problem header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    Answer answer() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", type);
        body.put("title", title);
        body.put("status", status.value());
        body.put("detail", detail);
        body.putAll(members);
        return Answer.json(status, "application/problem+json", body).with(headers);
    }
}
