package dev.wsmesh.node;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls a listener. What it throws is logged, and the next call comes all the same. */
final class ListenerCalls {

    private static final Logger log = LoggerFactory.getLogger(ListenerCalls.class);

    private final MessageListener listener;
    private final MeshCounters counters;

    ListenerCalls(MessageListener listener, MeshCounters counters) {
        this.listener = listener;
        this.counters = counters;
    }

    void deliver(Delivery delivery) {
        try {
            tell(delivery);
        } catch (Throwable e) {
            // An Error as well, and a checked exception that another language let through.
            log(e);
        }
    }

    void overflowed() {
        try {
            listener.onOverflow();
        } catch (Throwable e) {
            log(e);
        }
    }

    private void tell(Delivery delivery) {
        switch (delivery) {
            case Message message -> {
                counters.deliveredToListener();
                listener.onMessage(message);
            }
            case Gap gap -> {
                counters.gapTold();
                listener.onGap(gap);
            }
            case Mark _ -> {}
        }
    }

    private static void log(Throwable failure) {
        log.warn("a message listener failed; it goes on with the next message", failure);
    }
}
