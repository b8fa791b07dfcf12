package dev.wsmesh.gateway.http;

import dev.wsmesh.gateway.Progress;
import dev.wsmesh.node.Delivery;
import dev.wsmesh.node.DeliverySource;
import dev.wsmesh.node.Gap;
import dev.wsmesh.node.Mark;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.MeshCounters.GatewayEvent;
import dev.wsmesh.node.Message;
import dev.wsmesh.node.PulledSubscription;
import dev.wsmesh.node.Resume;
import dev.wsmesh.node.SubscribeOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client: takes what its subscription delivers, and writes it, on a virtual thread of its own. What comes within 10 ms goes
 * out in one write.
 *
 * <p>States: {@code writing -> over}, when the client is gone, when its queue has overflowed, because it reads too slowly, and by
 * {@link #stop}. Then it is told to come again, with the id of the last event that it got.
 */
final class SseStream implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(SseStream.class);

    /** For how long events are gathered. */
    private static final Duration WINDOW = Duration.ofMillis(10);

    /** How much is gathered at most, but for one event that is larger. */
    private static final int MOST_GATHERED_BYTES = 64 << 10;

    /** After which time clients come again, at random between these: not all at once. */
    private static final int SHORTEST_RETRY_MILLIS = 500;

    private static final int LONGEST_RETRY_MILLIS = 2_500;

    private final DeliverySource source;
    private final SubscribeOptions options;
    private final SseEvents events;
    private final SseOutput output;
    private final Settings settings;
    private final MeshCounters counters;
    private volatile boolean stopping;
    private volatile @Nullable PulledSubscription subscription;

    /** The token that was written last; of the writing thread. */
    private String lastToken = "";

    /**
     * What all streams have in common.
     *
     * @param heartbeat after how much silence a comment is sent
     * @param retention how long messages are kept
     * @param closed whether all are to end: a stream that is busy sees it before anybody comes to stop it
     */
    record Settings(Duration heartbeat, Duration retention, BooleanSupplier closed) {}

    SseStream(
            DeliverySource source,
            SubscribeOptions options,
            SseEvents events,
            SseOutput output,
            Settings settings,
            MeshCounters counters) {
        this.source = source;
        this.options = options;
        this.events = events;
        this.output = output;
        this.settings = settings;
        this.counters = counters;
    }

    /** Ends it, and tells the client to go elsewhere. */
    void stop() {
        stopping = true;
        PulledSubscription present = subscription;
        if (present != null) {
            present.close();
        }
    }

    /** Nothing more is written to the client, which has had its time. */
    void drop() {
        output.drop();
    }

    private boolean isStopping() {
        return stopping || settings.closed().getAsBoolean();
    }

    @Override
    public void run() {
        try {
            output.write(retry());
            try (PulledSubscription opened = source.pullPast(options, this::isStopping)) {
                subscription = opened;
                deliver(opened);
            }
        } catch (IllegalStateException e) {
            log.debug("the node stopped before a subscription began", e);
        } catch (IOException e) {
            // The client is gone: it comes again, or does not.
            if (Timeouts.isTimeout(e)) {
                counters.count(GatewayEvent.SSE_CUT_OFF);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            output.complete();
        }
    }

    private void deliver(PulledSubscription opened) throws IOException, InterruptedException {
        Progress progress = new Progress(opened, options.resume(), settings.retention());
        output.write(beginning(opened, progress));
        long writtenAt = System.nanoTime();
        while (!isStopping() && !opened.isOver() && !output.isGone()) {
            Delivery first = opened.poll(untilBeat(writtenAt));
            if (first != null && isTooSlow(first)) {
                break;
            }
            ByteArrayOutputStream out = first == null ? new ByteArrayOutputStream() : gather(first, opened, progress);
            // Marks come oftener than heart-beats, and the client hears nothing of them: they do not end its silence.
            if (out.size() == 0 && untilBeat(writtenAt).isZero()) {
                writeBeat(out, progress);
            }
            if (out.size() > 0) {
                output.write(out);
                writtenAt = System.nanoTime();
            }
        }
        output.write(farewell());
    }

    /** What is left of the silence that the client may hear. */
    private Duration untilBeat(long writtenAt) {
        Duration left = settings.heartbeat().minusNanos(System.nanoTime() - writtenAt);
        return left.isNegative() ? Duration.ZERO : left;
    }

    private static ByteArrayOutputStream retry() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SseEvents.writeRetry(out, ThreadLocalRandom.current().nextInt(SHORTEST_RETRY_MILLIS, LONGEST_RETRY_MILLIS));
        return out;
    }

    private ByteArrayOutputStream beginning(PulledSubscription opened, Progress progress) throws InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Delivery mark = opened.poll(Duration.ZERO);
        if (mark != null) {
            progress.took(mark);
        }
        Resume resume = options.resume();
        if (resume == null || resume.complete()) {
            events.writeMark(out, token(progress));
        } else {
            counters.count(GatewayEvent.SSE_GAPS);
            events.writeUnknownGap(out, token(progress));
        }
        return out;
    }

    private ByteArrayOutputStream gather(Delivery first, PulledSubscription opened, Progress progress)
            throws InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        long deadline = System.nanoTime() + WINDOW.toNanos();
        Delivery next = first;
        while (next != null && !isTooSlow(next)) {
            write(out, next, progress);
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            next = out.size() < MOST_GATHERED_BYTES ? opened.poll(left) : null;
        }
        return out;
    }

    private void write(ByteArrayOutputStream out, Delivery delivery, Progress progress) {
        progress.took(delivery);
        switch (delivery) {
            case Message message -> {
                counters.count(GatewayEvent.SSE_MESSAGES);
                events.write(out, message, token(progress));
            }
            case Gap gap -> {
                counters.count(GatewayEvent.SSE_GAPS);
                events.write(out, gap, token(progress));
            }
            case Mark _ -> {}
        }
    }

    /** Shows that the node is there, and whether the client is; and lets it know how far it has come. */
    private void writeBeat(ByteArrayOutputStream out, Progress progress) {
        events.writeComment(out, "");
        String before = lastToken;
        String token = token(progress);
        if (!token.equals(before)) {
            events.writeMark(out, token);
        }
    }

    /** What was dropped is still retained: the client gets it when it comes again, and must not be told that it is gone. */
    private static boolean isTooSlow(Delivery delivery) {
        return delivery instanceof Gap gap && gap.cause() == Gap.Cause.SLOW_SUBSCRIBER;
    }

    private ByteArrayOutputStream farewell() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (isStopping()) {
            events.writeComment(out, "this node leaves; come again with Last-Event-ID, to any node");
        } else if (!output.isGone()) {
            counters.count(GatewayEvent.SSE_CUT_OFF);
            events.writeComment(out, "cut off, because you read too slowly; come again with Last-Event-ID");
        }
        return out;
    }

    private String token(Progress progress) {
        lastToken = progress.token();
        return lastToken;
    }
}
