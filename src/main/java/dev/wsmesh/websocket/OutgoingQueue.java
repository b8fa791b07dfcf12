package dev.wsmesh.websocket;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The texts that wait for one peer, bounded in messages and bytes.
 *
 * <p>States: {@code OPEN -> DRAINING} by {@link #drain} (nothing more enters, the rest is still taken);
 * {@code OPEN | DRAINING -> CLOSED} by {@link #close} (what is left is thrown away). Thread-safe; one thread takes.
 */
final class OutgoingQueue {

    private enum State {
        OPEN,
        DRAINING,
        CLOSED
    }

    private final Queue<OutgoingText> texts = new ArrayDeque<>();
    private final int maxMessages;
    private final long maxBytes;
    private long bytes;
    private State state = State.OPEN;

    OutgoingQueue(int maxMessages, long maxBytes) {
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
    }

    /** What became of an offered text. */
    enum Offer {
        QUEUED,
        /** It would have passed a bound; the queue is unchanged. */
        FULL,
        /** Nothing more enters. */
        NOT_OPEN
    }

    synchronized Offer offer(OutgoingText text) {
        if (state != State.OPEN) {
            return Offer.NOT_OPEN;
        }
        // A single text larger than the byte bound must still be sendable, so an empty queue takes anything.
        if (texts.size() >= maxMessages || (!texts.isEmpty() && bytes + text.bytes() > maxBytes)) {
            return Offer.FULL;
        }
        texts.add(text);
        bytes += text.bytes();
        notifyAll();
        return Offer.QUEUED;
    }

    /** The next text; null once nothing more will come. */
    synchronized @Nullable OutgoingText take() throws InterruptedException {
        while (texts.isEmpty() && state == State.OPEN) {
            wait();
        }
        OutgoingText next = texts.poll();
        if (next != null) {
            bytes -= next.bytes();
        }
        return next;
    }

    synchronized void drain() {
        if (state == State.OPEN) {
            state = State.DRAINING;
            notifyAll();
        }
    }

    /** Closes the queue and returns how many texts were thrown away. */
    synchronized int close() {
        int thrownAway = texts.size();
        texts.clear();
        bytes = 0;
        state = State.CLOSED;
        notifyAll();
        return thrownAway;
    }

    synchronized int messages() {
        return texts.size();
    }

    synchronized long bytes() {
        return bytes;
    }
}
