package dev.wsmesh.gateway.http;

import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.MeshCounters.GatewayEvent;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.resource.ResourceHttpRequestHandler;

/**
 * Errors under the gateway's path that none of its handlers has answered: there is nothing, or somebody refused the request who stands
 * before them. They are problems as well.
 *
 * <p>It acts only where Spring Boot's own error controller is about to speak. So an application's error controller, its error pages, and
 * whatever its own controllers fail at under the same path, stay as they are.
 */
public final class ApiErrors implements HandlerInterceptor {

    /** Set on a request that somebody else has taken. */
    private static final String NOT_OURS = ApiErrors.class.getName() + ".NOT_OURS";

    /** Set on a request that one of our handlers has, or what serves files, which takes whatever nobody else has taken. */
    private static final String OURS = ApiErrors.class.getName() + ".OURS";

    /** With these Spring refuses what a controller has another method or type for: no handler gets such a request. */
    private static final Set<Integer> OF_A_CONTROLLER = Set.of(405, 406, 415);

    /** Behind the path. */
    private static final Pattern PLACES = Pattern.compile("/(topics(/[^/]+)?|mesh|peers|openapi\\.json)");

    private final String path;
    private final Class<?> defaultController;
    private final MeshCounters counters;

    /**
     * For the errors of a gateway.
     *
     * @param path the gateway's, with that of the application before it
     * @param defaultController who speaks where an application has said nothing of errors
     */
    public ApiErrors(String path, Class<?> defaultController, MeshCounters counters) {
        this.path = path;
        this.defaultController = defaultController;
        this.counters = counters;
    }

    /** Whether it stands under the gateway's path; null, as of a request that nobody could read, does not. */
    public boolean isOurs(@Nullable String uri) {
        return uri != null && (uri.equals(path) || uri.startsWith(path + "/"));
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
            throws IOException {
        if (request.getDispatcherType() != DispatcherType.ERROR) {
            noteWhose(request, handler);
            return true;
        }
        if (!(handler instanceof HandlerMethod method)
                || method.getBeanType() != defaultController
                || request.getAttribute(NOT_OURS) != null
                || !(request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI) instanceof String uri)
                || !(request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer status)
                || !isOurs(uri)
                || (OF_A_CONTROLLER.contains(status) && request.getAttribute(OURS) == null)) {
            return true;
        }
        answer(uri, status, response);
        return false;
    }

    private static void noteWhose(HttpServletRequest request, Object handler) {
        boolean ours = handler instanceof Guard.Guarded || handler instanceof ResourceHttpRequestHandler;
        request.setAttribute(ours ? OURS : NOT_OURS, true);
    }

    /** Answers what came to this status. */
    public void answer(String uri, int status, HttpServletResponse response) throws IOException {
        counters.count(GatewayEvent.HTTP_REFUSED);
        String allowed = response.getHeader(HttpHeaders.ALLOW);
        // Of what serves files, it would be true of nothing here.
        response.setHeader(HttpHeaders.ALLOW, null);
        problem(uri, status, allowed).answer().writeTo(response);
    }

    private Problem problem(String uri, int status, @Nullable String allowed) {
        return switch (status) {
            case 400 ->
                Problem.badRequest(
                        "the web server does not take this request, and nothing was done: look at its address, in"
                                + " which %2F, %5C and %00 cannot stand (a topic with a '/' in it cannot be reached by HTTP), at its"
                                + " headers, and at whether its body is as they say");
            case 404 -> nothing(uri);
            case 405 -> allowed == null || !isPlace(uri) ? nothing(uri) : Problem.methodNotAllowed(allowed);
            case 408 -> Problem.late();
            default -> refused(status);
        };
    }

    private boolean isPlace(String uri) {
        return PLACES.matcher(uri.substring(path.length())).matches();
    }

    private Problem nothing(String uri) {
        return Problem.notFound("the mesh has nothing at " + uri + ": it has " + path
                + "/topics/{topic} to publish (POST)"
                + " and to subscribe (GET), and " + path + "/topics, " + path + "/mesh, " + path + "/peers and " + path
                + "/openapi.json to read");
    }

    private Problem refused(int status) {
        HttpStatus known = HttpStatus.resolve(status);
        return Problem.refused(
                known == null ? HttpStatus.INTERNAL_SERVER_ERROR : known,
                status < 500
                        ? "this was refused before it came to the mesh, by the application or its web server: ask whoever"
                                + " runs it what may come to " + path
                        : "this failed before it came to the mesh: the log of the node has more");
    }
}
