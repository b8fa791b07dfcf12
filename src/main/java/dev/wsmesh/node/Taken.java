package dev.wsmesh.node;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * What was taken from a subscription's queue at once: consecutive messages of a run, or what stands alone. Of the one thread that
 * takes; others may ask how far that has come.
 */
final class Taken {

    private final Waiting what;
    private final int end;
    /** Only one thread writes it, so that a release is enough. */
    private final AtomicInteger next;

    /**
     * Some of its messages.
     *
     * @param from the first of them; 0 if it has none
     * @param end the first that is not meant; 1 if it has none
     */
    Taken(Waiting what, int from, int end) {
        this.what = what;
        this.end = end;
        this.next = new AtomicInteger(from);
    }

    /** Whether all of it has begun, as the thread that takes sees it. */
    boolean isOver() {
        return next.getPlain() == end;
    }

    /** The first of its messages that has not begun. */
    int reached() {
        return next.getAcquire();
    }

    /** The first that is not meant. */
    int end() {
        return end;
    }

    Waiting what() {
        return what;
    }

    /** Begins the next one, which must be there. A message is read here, where nobody is held up. */
    Delivery next() {
        int message = next.getPlain();
        next.setRelease(message + 1);
        return switch (what) {
            case Run run -> run.delivery(message);
            case Gap gap -> gap;
            case Mark mark -> mark;
        };
    }
}
