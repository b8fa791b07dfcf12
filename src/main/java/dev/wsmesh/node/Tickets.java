package dev.wsmesh.node;

import dev.wsmesh.protocol.Output;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Whose publication an answer of the core is about. Guarded by the driver's lock. */
final class Tickets {

    private long last = Output.Published.BEACON;

    /** The publication that the core is being given; nearly all are answered at once, and need no place in a map. */
    private @Nullable Ticket present;

    private long presentNumber;

    /** Those whose acknowledgements are still to come. */
    private final Map<Long, Ticket> waiting = new HashMap<>();

    /** A number that no other publication has. */
    long next() {
        return ++last;
    }

    /** The core is being given this publication. */
    void turnTo(long number, Ticket ticket) {
        present = ticket;
        presentNumber = number;
    }

    /** The core has been given it. */
    void turnAway() {
        present = null;
    }

    /** Somebody waits for further answers to it. */
    void keep(long number, Ticket ticket) {
        waiting.put(number, ticket);
    }

    /** Nobody waits for them any more. */
    void drop(long number) {
        waiting.remove(number);
    }

    /**
     * Hands on an answer. Nobody holds a ticket for the node's own beacons, nor one who has given up waiting.
     *
     * @return whether somebody waits, and has to be woken
     */
    boolean answer(long number, Consumer<Ticket> answer) {
        if (present != null && presentNumber == number) {
            answer.accept(present);
            return false;
        }
        Ticket ticket = waiting.get(number);
        if (ticket != null) {
            answer.accept(ticket);
        }
        return ticket != null;
    }
}
