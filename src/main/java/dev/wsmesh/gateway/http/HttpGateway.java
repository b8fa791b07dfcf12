package dev.wsmesh.gateway.http;

import dev.wsmesh.gateway.AccessRules;
import dev.wsmesh.gateway.OriginRule;
import dev.wsmesh.node.Background;
import dev.wsmesh.node.DeliverySource;
import dev.wsmesh.node.Mesh;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.SubscriptionLimits;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.RequestPredicates;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * The way in by HTTP. Its routes stand beside an application's own, and nothing that it does reaches beyond them.
 *
 * <p>States: {@code closed -> open -> closed}, as often as its application is started and stopped.
 */
public final class HttpGateway {

    private static final Logger log = LoggerFactory.getLogger(HttpGateway.class);

    private static final String OPENAPI = "/dev/wsmesh/openapi.json";
    private static final String OPENAPI_SERVER = "\"/api\"";

    /** How often clients are told how far they have come, where they are told nothing else. A guess. */
    private static final Duration MARK_INTERVAL = Duration.ofSeconds(5);

    private final String path;
    private final DeliverySource source;
    private final Guard guard;
    private final Publishing publishing;
    private final Subscribing subscribing;
    private final MeshState state;
    /** Guarded by the monitor. */
    private @Nullable Thread marker;

    /**
     * The bounds of the gateway.
     *
     * @param maxMessageBytes of one body
     * @param subscribers streams of events at the same time
     * @param queue of each of them
     * @param heartbeat after how much silence a comment is sent
     * @param retention how long messages are kept
     */
    public record Limits(
            int maxMessageBytes, int subscribers, SubscriptionLimits queue, Duration heartbeat, Duration retention) {}

    /**
     * A gateway that is closed.
     *
     * @param path what all its paths begin with
     */
    public HttpGateway(
            String path,
            Mesh mesh,
            DeliverySource source,
            AccessRules access,
            OriginRule origins,
            Limits limits,
            MeshCounters counters) {
        this.path = path;
        this.source = source;
        this.guard = new Guard(access, origins, counters);
        this.publishing = new Publishing(mesh, limits.maxMessageBytes(), counters);
        this.subscribing = new Subscribing(
                source,
                new Subscribing.Limits(limits.subscribers(), limits.queue(), limits.heartbeat(), limits.retention()),
                counters);
        this.state = new MeshState(mesh, source, subscribing);
    }

    /** What is answered. */
    public RouterFunction<ServerResponse> routes() {
        String topics = path + "/topics";
        String topic = topics + "/{" + Topics.VARIABLE + "}";
        return RouterFunctions.route()
                .POST(topic, guard.before(publishing::publish))
                .GET(topic, guard.before(subscribing::subscribe))
                .route(RequestPredicates.path(topic), otherMethod("GET, POST"))
                .GET(topics, guard.before(state::topics))
                .route(RequestPredicates.path(topics), otherMethod("GET"))
                .GET(path + "/mesh", guard.before(state::mesh))
                .route(RequestPredicates.path(path + "/mesh"), otherMethod("GET"))
                .GET(path + "/peers", guard.before(state::peers))
                .route(RequestPredicates.path(path + "/peers"), otherMethod("GET"))
                .GET(path + "/openapi.json", guard.beforePublic(_ -> Answer.of("application/json", openApi())))
                .route(RequestPredicates.path(path + "/openapi.json"), otherMethod("GET"))
                .build();
    }

    /** The node takes part: from now on there are subscriptions. */
    public synchronized void open() {
        subscribing.open();
        marker = Background.start("mesh-marker", this::mark);
        log.debug("the HTTP gateway is open at {}", path);
    }

    /**
     * Ends all subscriptions, and tells their clients to go elsewhere. Waits for none of them: with thousands this takes a while,
     * and whatever leaves besides need not wait for it.
     *
     * @param timeout after which those that have not taken their last line are dropped
     */
    public synchronized void close(Duration timeout) {
        List<SseStream> ending = subscribing.close();
        if (marker != null) {
            marker.interrupt();
            marker = null;
        }
        Thread _ = Background.start("mesh-sse-ending", () -> end(ending, timeout));
    }

    private void end(List<SseStream> ending, Duration timeout) {
        try {
            int dropped = subscribing.end(ending, timeout);
            if (dropped > 0) {
                log.warn(
                        "{} subscribers of the gateway did not take their last line within {} ms",
                        dropped,
                        timeout.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void mark() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.sleep(MARK_INTERVAL);
                source.mark();
            }
        } catch (InterruptedException e) {
            log.trace("no more marks are set");
        }
    }

    private HandlerFunction<ServerResponse> otherMethod(String allowed) {
        return guard.beforePublic(_ -> {
            throw Problem.methodNotAllowed(allowed);
        });
    }

    private byte[] openApi() {
        try (@Nullable InputStream in = HttpGateway.class.getResourceAsStream(OPENAPI)) {
            if (in == null) {
                throw new IllegalStateException(OPENAPI + " is not in the jar");
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return text.replace(OPENAPI_SERVER, "\"" + path + "\"").getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
