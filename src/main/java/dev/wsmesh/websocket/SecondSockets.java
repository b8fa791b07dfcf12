package dev.wsmesh.websocket;

import dev.wsmesh.node.Background;
import dev.wsmesh.node.Core;
import dev.wsmesh.node.LinkView;
import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.protocol.NodeId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;

/**
 * Dials a second socket for each busy link that a peer dialled, so that what the peer sends need not be masked any more
 * (docs/adr/0504). Where that fails the link goes on with one. Thread-safe.
 */
final class SecondSockets {

    /** Received within one look, which is about a second. A guess: taking the masks away costs half a percent of a core then. */
    static final long BUSY_BYTES = 1 << 20;

    /** So many looks in a row: one large message makes no link busy. A guess. */
    static final int BUSY_LOOKS = 2;

    /**
     * A peer is dialled again so long after a dial has begun, twice as long after each further one, up to {@link #LONGEST_REST}, and not
     * before what became of the last one for that link is known. A guess: a peer that only has no processor time for a handshake has some a
     * moment later (docs/adr/0516).
     */
    static final Duration REST = Duration.ofSeconds(5);

    static final Duration LONGEST_REST = Duration.ofHours(1);

    /** Two sockets that have held for so long were worth their dial. A guess. */
    static final Duration PROVEN = Duration.ofMinutes(10);

    /** At the same time: dials that nobody answers must not fill the machine. A guess. */
    static final int MOST_DIALS = 4;

    private static final Logger log = LoggerFactory.getLogger(SecondSockets.class);

    private final PeerDialler dialler;
    private final LinkRegistry links;
    private final Function<Address, PeerDialler.Choice> choices;
    private final LongSupplier nanos;
    private final Map<NodeId, Thread> underWay = new ConcurrentHashMap<>();
    private final Map<NodeId, Rest> rests = new HashMap<>();
    private Map<LinkId, Seen> seen = Map.of();

    /** Of a link at one look. */
    private record Seen(long bytes, int busyLooks) {}

    /** A peer that was dialled for a second socket so many times, of which none has proved worth it. */
    private record Rest(int dials, long sinceNanos) {

        boolean isOver(long now) {
            Duration rest = REST.multipliedBy(1L << Math.min(dials - 1, 10));
            return now - sinceNanos >= (rest.compareTo(LONGEST_REST) < 0 ? rest : LONGEST_REST).toNanos();
        }

        boolean isForgotten(long now) {
            return now - sinceNanos >= LONGEST_REST.multipliedBy(2).toNanos();
        }
    }

    /**
     * Looks at nothing yet.
     *
     * @param choices what is to be dialled at an address, as for any dial of the node
     * @param nanos read as {@link System#nanoTime} is
     */
    SecondSockets(
            PeerDialler dialler,
            LinkRegistry links,
            Function<Address, PeerDialler.Choice> choices,
            LongSupplier nanos) {
        this.dialler = dialler;
        this.links = links;
        this.choices = choices;
        this.nanos = nanos;
    }

    /** To be called about once a second. */
    synchronized void look() {
        long now = nanos.getAsLong();
        forgetRests(now);
        Map<LinkId, Seen> before = seen;
        seen = new HashMap<>();
        for (LinkSession link : links.links().withOneSocket()) {
            LinkView view = link.view();
            if (view != null) {
                Seen state = seenOf(before.get(view.id()), view.bytesIn());
                seen.put(view.id(), state);
                if (state.busyLooks() >= BUSY_LOOKS) {
                    dial(link, view.id(), now);
                }
            }
        }
    }

    /** Gives up the dials that are under way: the node leaves. */
    void stop() {
        underWay.values().forEach(Thread::interrupt);
    }

    /** Whether no dial is under way. */
    boolean isIdle() {
        return underWay.isEmpty();
    }

    private static Seen seenOf(@Nullable Seen before, long bytes) {
        if (before == null || bytes - before.bytes() < BUSY_BYTES) {
            return new Seen(bytes, 0);
        }
        return new Seen(bytes, before.busyLooks() + 1);
    }

    private void forgetRests(long now) {
        List<NodeId> proven = links.links().withTwoSocketsSince(now - PROVEN.toNanos());
        rests.keySet().removeAll(proven);
        rests.values().removeIf(rest -> rest.isForgotten(now));
    }

    private void dial(LinkSession link, LinkId id, long now) {
        Core run = links.run();
        Rest before = rests.get(id.peer());
        if (run == null
                || isUnderWay(link, id)
                || link.sockets().count() != 1
                || underWay.size() >= MOST_DIALS
                || (before != null && !before.isOver(now))) {
            return;
        }
        rests.put(id.peer(), new Rest(before == null ? 1 : before.dials() + 1, now));
        Thread dial = Background.unstarted("mesh-dial-back-to-" + link.address(), () -> {
            try {
                run.addressOf(id).ifPresent(address -> dialNow(run, link, address));
            } finally {
                underWay.remove(id.peer());
            }
        });
        underWay.put(id.peer(), dial);
        dial.start();
    }

    /** Whether it is not known yet what becomes of the last dial. */
    private boolean isUnderWay(LinkSession link, LinkId id) {
        return underWay.containsKey(id.peer()) || links.isBeingJoined(link);
    }

    private void dialNow(Core run, LinkSession link, Address address) {
        try {
            LinkSession second = dialler.dial(
                    choices.apply(address), List.of(Subprotocol.NAME), session -> admit(session, run, address, link));
            links.begin(second);
        } catch (DialException e) {
            log.debug(
                    "{} gets no second socket, for {} cannot be dialled: {}", link.address(), address, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            log.error("dialling {} for a second socket failed unexpectedly", address, e);
        }
    }

    private @Nullable LinkSession admit(WebSocketSession session, Core run, Address address, LinkSession link)
            throws DialException {
        if (!Subprotocol.isSpokenOn(session)) {
            LinkRegistry.closeQuietly(session, CloseStatus.PROTOCOL_ERROR);
            throw DialException.unwanted("it does not speak wsmesh.v1");
        }
        return links.dialledBack(session, run, address, link);
    }
}
