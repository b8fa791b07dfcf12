package dev.wsmesh.gateway.http;

import dev.wsmesh.gateway.AccessRules.Caller;
import dev.wsmesh.gateway.ResumeToken;
import dev.wsmesh.node.Background;
import dev.wsmesh.node.DeliverySource;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.MeshCounters.GatewayEvent;
import dev.wsmesh.node.Overflow;
import dev.wsmesh.node.Resume;
import dev.wsmesh.node.SubscribeOptions;
import dev.wsmesh.node.SubscriptionLimits;
import dev.wsmesh.protocol.TopicPattern;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** {@code GET /topics/{pattern}}: a stream of Server-Sent Events. Knows all that are open. */
final class Subscribing {

    private static final String LAST_EVENT_ID = "Last-Event-ID";
    /** For browsers, whose EventSource sends no header at its first request. */
    private static final String LAST_EVENT_ID_PARAMETER = "lastEventId";

    private static final String SINCE = "since";
    private static final String HISTORY = "history";
    private static final Set<String> PARAMETERS = Set.of(SINCE, HISTORY, LAST_EVENT_ID_PARAMETER);

    /** A guess at what somebody wants to look at who has just come. */
    private static final int MOST_HISTORY = 1_000;

    private final DeliverySource source;
    private final Limits limits;
    private final MeshCounters counters;
    private final SseEvents events = new SseEvents();
    private final Set<SseStream> streams = ConcurrentHashMap.newKeySet();
    private volatile boolean open;

    /**
     * The bounds of streams.
     *
     * @param subscribers how many there may be at the same time
     * @param queue of each
     * @param heartbeat after how much silence a comment is sent
     * @param retention how long messages are kept
     */
    record Limits(int subscribers, SubscriptionLimits queue, Duration heartbeat, Duration retention) {}

    Subscribing(DeliverySource source, Limits limits, MeshCounters counters) {
        this.source = source;
        this.limits = limits;
        this.counters = counters;
    }

    void open() {
        open = true;
    }

    /** No more streams are opened. Those that are busy end by themselves; {@link #end} sees to the others. Returns all. */
    List<SseStream> close() {
        open = false;
        return List.copyOf(streams);
    }

    /**
     * Ends streams, and tells their clients to go elsewhere. Who has not taken that within the time is dropped: nothing more is
     * written to it. Returns how many these were.
     */
    int end(List<SseStream> ending, Duration timeout) throws InterruptedException {
        ending.forEach(SseStream::stop);
        List<SseStream> late = awaitEnd(ending, timeout);
        late.forEach(SseStream::drop);
        return late.size();
    }

    /** Returns those that have not ended in time. */
    private List<SseStream> awaitEnd(List<SseStream> ending, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        synchronized (streams) {
            while (ending.stream().anyMatch(streams::contains)) {
                long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
                if (left <= 0) {
                    break;
                }
                streams.wait(left);
            }
        }
        return ending.stream().filter(streams::contains).toList();
    }

    int count() {
        return streams.size();
    }

    ServerResponse subscribe(ServerRequest request, Caller caller) {
        TopicPattern pattern = Topics.pattern(request);
        if (!caller.maySubscribe(pattern)) {
            throw Problem.forbidden("this token may not subscribe to " + pattern);
        }
        if (request.headers().accept().stream().noneMatch(type -> type.includes(MediaType.TEXT_EVENT_STREAM))
                && !request.headers().accept().isEmpty()) {
            throw Problem.notAcceptable("a subscription is a text/event-stream: accept that");
        }
        SubscribeOptions options = options(request, pattern);
        requireRoom();
        return new SseResponse((servletRequest, response) -> start(options, servletRequest, response));
    }

    private SubscribeOptions options(ServerRequest request, TopicPattern pattern) {
        parameters(request).stream()
                .filter(name -> !PARAMETERS.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw Problem.badRequest(
                            "there is no parameter '" + name + "'; there are since, history and lastEventId");
                });
        SubscribeOptions usual =
                SubscribeOptions.to(pattern.text()).on(Overflow.CLOSE).within(limits.queue());
        String token = token(request);
        String since = request.param(SINCE).orElse(null);
        String history = request.param(HISTORY).orElse(null);
        if (since != null && history != null) {
            throw Problem.badRequest("'since' and 'history' exclude each other: give one of them");
        }
        if (token != null) {
            return usual.goingOnFrom(decode(token));
        }
        if (since != null) {
            return usual.replaying(Durations.parse(SINCE, since, Duration.ofDays(1)));
        }
        return history == null ? usual : usual.withLast(number(history));
    }

    private static Set<String> parameters(ServerRequest request) {
        try {
            // A copy, for what is lazy would fail later.
            return Set.copyOf(request.params().keySet());
        } catch (RuntimeException e) {
            // Each container has an exception of its own for this.
            throw Problem.badRequest("what stands behind the '?' cannot be read: write % as %25, and others as UTF-8");
        }
    }

    private static @Nullable String token(ServerRequest request) {
        List<String> header = request.headers().header(LAST_EVENT_ID);
        String token = header.isEmpty() ? request.param(LAST_EVENT_ID_PARAMETER).orElse("") : header.getFirst();
        return token.isBlank() ? null : token.strip();
    }

    private static Resume decode(String token) {
        try {
            return ResumeToken.decode(token);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(LAST_EVENT_ID + ": " + e.getMessage()
                    + "; bring the id of an event as it was, or none, to begin now");
        }
    }

    private static int number(String history) {
        if (!history.matches("\\d{1,4}") || Integer.parseInt(history) > MOST_HISTORY) {
            throw Problem.badRequest(
                    HISTORY + ": '" + history + "' is not allowed; give a whole number from 0 to " + MOST_HISTORY);
        }
        return Integer.parseInt(history);
    }

    /** Not to the last one exactly: those that come in the same moment are all let in. */
    private void requireRoom() {
        if (!open) {
            throw Problem.unavailable(
                    "not-running", "The node is not taking part", "ask another node, or this one later");
        }
        if (streams.size() >= limits.subscribers()) {
            throw Problem.unavailable(
                    "full",
                    "The node has as many subscribers as it may",
                    "ask another node, or this one later; mesh.gateway.max-subscribers is the bound");
        }
    }

    private void start(SubscribeOptions options, HttpServletRequest request, HttpServletResponse response) {
        SseStream stream = new SseStream(
                source,
                options,
                events,
                new SseOutput(request.startAsync(request, response)),
                new SseStream.Settings(limits.heartbeat(), limits.retention(), () -> !open),
                counters);
        counters.count(GatewayEvent.SSE_OPENED);
        if (options.resume() != null) {
            counters.count(GatewayEvent.SSE_RESUMED);
        }
        streams.add(stream);
        if (!open) {
            stream.stop();
        }
        Thread _ = Background.start("mesh-sse", () -> run(stream));
    }

    private void run(SseStream stream) {
        try {
            stream.run();
        } finally {
            remove(stream);
            counters.count(GatewayEvent.SSE_CLOSED);
        }
    }

    private void remove(SseStream stream) {
        streams.remove(stream);
        if (!open) {
            synchronized (streams) {
                streams.notifyAll();
            }
        }
    }
}
