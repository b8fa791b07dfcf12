package dev.wsmesh.gateway.http;

import dev.wsmesh.gateway.Progress;
import dev.wsmesh.node.Delivery;
import dev.wsmesh.node.Gap;
import dev.wsmesh.node.Mark;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.MeshCounters.GatewayEvent;
import dev.wsmesh.node.Message;
import dev.wsmesh.node.PulledSubscription;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;

/**
 * One client: takes what its subscription delivers, and writes it, on a virtual thread of its own. What comes within 10 ms goes
 * out in one write.
 *
 * <p>States: {@code writing -> over}, when the client is gone, when its queue has overflowed, because it reads too slowly, and by
 * {@link #stop}. Then it is told to come again, with the id of the last event that it got.
 */
final class SseStream implements Runnable {

    /** For how long events are gathered. */
    private static final Duration WINDOW = Duration.ofMillis(10);

    /** How much is gathered at most, but for one event that is larger. */
    private static final int MOST_GATHERED_BYTES = 64 << 10;

    /** After which time clients come again, at random between these: not all at once. */
    private static final int SHORTEST_RETRY_MILLIS = 500;

    private static final int LONGEST_RETRY_MILLIS = 2_500;

    private final PulledSubscription subscription;
    private final Progress progress;
    private final SseEvents events;
    private final SseOutput output;
    private final Duration heartbeat;
    private final MeshCounters counters;
    private volatile boolean stopping;

    /** A gap is to be told first: the token that the client brought does not tell everything. */
    private final boolean hasUnknownGap;

    /** The token that was written last; of the writing thread. */
    private String lastToken = "";

    SseStream(
            PulledSubscription subscription,
            Progress progress,
            boolean hasUnknownGap,
            SseEvents events,
            SseOutput output,
            Duration heartbeat,
            MeshCounters counters) {
        this.subscription = subscription;
        this.progress = progress;
        this.hasUnknownGap = hasUnknownGap;
        this.events = events;
        this.output = output;
        this.heartbeat = heartbeat;
        this.counters = counters;
    }

    /** Ends it, and tells the client to go elsewhere. */
    void stop() {
        stopping = true;
        subscription.close();
    }

    @Override
    public void run() {
        try {
            open();
            while (!subscription.isOver() && !output.isGone()) {
                Delivery first = subscription.poll(heartbeat);
                if (first != null && isTooSlow(first)) {
                    break;
                }
                output.write(first == null ? beat() : gather(first));
            }
            output.write(farewell());
        } catch (IOException e) {
            // The client is gone: it comes again, or does not.
            if (isTimeout(e)) {
                counters.count(GatewayEvent.SSE_CUT_OFF);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            subscription.close();
            output.complete();
        }
    }

    private void open() throws IOException, InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        events.writeRetry(
                out, ThreadLocalRandom.current().nextInt(SHORTEST_RETRY_MILLIS, LONGEST_RETRY_MILLIS));
        Delivery mark = subscription.poll(Duration.ZERO);
        if (mark != null) {
            progress.took(mark);
        }
        if (hasUnknownGap) {
            counters.count(GatewayEvent.SSE_GAPS);
            events.writeUnknownGap(out, token());
        } else {
            events.writeMark(out, token());
        }
        output.write(out);
    }

    private ByteArrayOutputStream gather(Delivery first) throws InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        long deadline = System.nanoTime() + WINDOW.toNanos();
        Delivery next = first;
        while (next != null && !isTooSlow(next)) {
            write(out, next);
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            next = out.size() < MOST_GATHERED_BYTES ? subscription.poll(left) : null;
        }
        return out;
    }

    private void write(ByteArrayOutputStream out, Delivery delivery) {
        progress.took(delivery);
        switch (delivery) {
            case Message message -> {
                counters.count(GatewayEvent.SSE_MESSAGES);
                events.write(out, message, token());
            }
            case Gap gap -> {
                counters.count(GatewayEvent.SSE_GAPS);
                events.write(out, gap, token());
            }
            case Mark _ -> {}
        }
    }

    /** Shows that the node is there, and whether the client is; and lets it know how far it has come. */
    private ByteArrayOutputStream beat() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        events.writeComment(out, "");
        String before = lastToken;
        String token = token();
        if (!token.equals(before)) {
            events.writeMark(out, token);
        }
        return out;
    }

    /** What was dropped is still retained: the client gets it when it comes again, and must not be told that it is gone. */
    private static boolean isTooSlow(Delivery delivery) {
        return delivery instanceof Gap gap && gap.cause() == Gap.Cause.SLOW_SUBSCRIBER;
    }

    private ByteArrayOutputStream farewell() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (stopping) {
            events.writeComment(out, "this node leaves; come again with Last-Event-ID, to any node");
        } else if (!output.isGone()) {
            counters.count(GatewayEvent.SSE_CUT_OFF);
            events.writeComment(out, "cut off, because you read too slowly; come again with Last-Event-ID");
        }
        return out;
    }

    private String token() {
        lastToken = progress.token();
        return lastToken;
    }

    /** The container gave up a write that the client did not take. */
    private static boolean isTimeout(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException || cause instanceof TimeoutException) {
                return true;
            }
        }
        return false;
    }
}
