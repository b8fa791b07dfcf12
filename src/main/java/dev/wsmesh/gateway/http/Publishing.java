package dev.wsmesh.gateway.http;

import dev.wsmesh.gateway.AccessRules.Caller;
import dev.wsmesh.node.Mesh;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.MeshCounters.GatewayEvent;
import dev.wsmesh.node.Publication;
import dev.wsmesh.node.PublishException;
import dev.wsmesh.node.PublishReceipt;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.Topic;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.multipart.support.AbstractMultipartHttpServletRequest;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.util.WebUtils;

/** {@code POST /topics/{topic}}: the body is the message, whatever it is. */
final class Publishing {

    private final Mesh mesh;
    private final int maxMessageBytes;
    private final MeshCounters counters;

    Publishing(Mesh mesh, int maxMessageBytes, MeshCounters counters) {
        this.mesh = mesh;
        this.maxMessageBytes = maxMessageBytes;
        this.counters = counters;
    }

    /**
     * A receipt as JSON; the names are part of the interface.
     *
     * @param stream who published it, in which run: origin and epoch
     * @param position stream and number: names the message in the whole mesh
     */
    record Receipt(
            String stream,
            String origin,
            long epoch,
            long sequence,
            String position,
            int neighbours,
            int acknowledged) {

        static Receipt of(PublishReceipt receipt) {
            var stream = receipt.position().stream();
            return new Receipt(
                    stream.toString(),
                    stream.origin().toString(),
                    stream.epoch(),
                    receipt.position().sequence(),
                    SseEvents.text(receipt.position()),
                    receipt.neighbours(),
                    receipt.acknowledged());
        }
    }

    ServerResponse publish(ServerRequest request, Caller caller) {
        Topic topic = Topics.topic(request);
        if (topic.isReserved()) {
            throw Problem.forbidden(
                    "topics that begin with '$' are the mesh's own: they can be read, not published on");
        }
        if (!caller.mayPublish(topic)) {
            throw Problem.forbidden("this token may not publish on " + topic);
        }
        HttpServletRequest servlet = request.servletRequest();
        String encoding = servlet.getHeader(HttpHeaders.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw Problem.unsupported("subscribers would not know that the body is encoded as " + encoding
                    + ": send it as it is, or say so in the Content-Type");
        }
        PublishHeaders headers = PublishHeaders.of(servlet);
        Publication publication =
                new Publication(topic, body(servlet), contentType(servlet), headers.headers(), headers.options());
        return Answer.json(HttpStatus.ACCEPTED, Receipt.of(publish(publication)));
    }

    private PublishReceipt publish(Publication publication) {
        try {
            PublishReceipt receipt = mesh.publish(publication);
            counters.count(GatewayEvent.HTTP_PUBLISHED);
            return receipt;
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        } catch (IllegalStateException e) {
            throw Problem.unavailable(
                    "not-running",
                    "The node is not taking part",
                    "nothing was published: ask another node, or this one later");
        } catch (PublishException e) {
            throw problem(e);
        }
    }

    private Problem problem(PublishException e) {
        PublishReceipt receipt = e.receipt();
        String detail = String.valueOf(e.getMessage());
        if (receipt != null) {
            counters.count(GatewayEvent.HTTP_PUBLISHED);
        }
        Problem problem = switch (e.reason()) {
            case CONGESTED -> Problem.tooMany("congested", "The mesh is slower than its publishers", detail);
            case TOO_MANY_WAITING -> Problem.tooMany("too-many-waiting", "Too many wait for acknowledgements", detail);
            case TOO_FEW_PEERS ->
                Problem.unavailable(
                        "too-few-peers",
                        "Too few neighbours are linked",
                        detail + ": try again later, or ask for fewer by Mesh-Min-Peers");
            case INTERRUPTED -> Problem.unavailable("interrupted", "The node stopped meanwhile", published(receipt));
            case NOT_ACKNOWLEDGED ->
                Problem.timeout(detail + "; it IS published and goes on spreading from this node, so do not send it"
                        + " again: a second one would be delivered as well. Ask for fewer by Mesh-Ack, or wait"
                        + " longer by Mesh-Timeout");
        };
        problem.with("published", receipt != null);
        return receipt == null ? problem : problem.with("receipt", Receipt.of(receipt));
    }

    private static String published(@Nullable PublishReceipt receipt) {
        return receipt == null ? "nothing was published: ask another node" : "it IS published; do not send it again";
    }

    private Bytes body(HttpServletRequest request) {
        if (request.getContentLengthLong() > maxMessageBytes) {
            throw tooLarge();
        }
        byte[] body = read(request);
        if (body.length > maxMessageBytes) {
            throw tooLarge();
        }
        if (body.length < request.getContentLengthLong() || isTakenApart(request)) {
            throw Problem.bodyTaken();
        }
        return Bytes.wrap(body);
    }

    /** What is left of a body that somebody else has read would be published as if it were the message. */
    private static boolean isTakenApart(HttpServletRequest request) {
        AbstractMultipartHttpServletRequest parts =
                WebUtils.getNativeRequest(request, AbstractMultipartHttpServletRequest.class);
        return parts != null && parts.isResolved();
    }

    private byte[] read(HttpServletRequest request) {
        try {
            return request.getInputStream().readNBytes(maxMessageBytes + 1);
        } catch (IOException | RuntimeException e) {
            throw Timeouts.isTimeout(e)
                    ? Problem.late()
                    : Problem.badRequest(
                            "the body broke off, or is not as its headers say; nothing was published: send it"
                                    + " again");
        }
    }

    private Problem tooLarge() {
        return Problem.tooLarge("a message has at most " + maxMessageBytes
                + " bytes (mesh.limits.max-message-bytes): send it in parts, or let the operator raise the limit on every"
                + " node");
    }

    private static String contentType(HttpServletRequest request) {
        String contentType = request.getContentType();
        return contentType == null ? "" : contentType;
    }
}
