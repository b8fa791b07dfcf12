package dev.wsmesh.websocket;

import dev.wsmesh.node.LogText;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.RefusalView;
import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.CloseCode;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** What went wrong with links, for whoever operates the node: in its log, its counters, and a list of the last. Thread-safe. */
final class RefusalLog {

    private static final Logger log = LoggerFactory.getLogger(RefusalLog.class);

    /** Strangers must not fill the log; every refusal is counted all the same. A guess. */
    private static final Duration WARNING_PAUSE = Duration.ofSeconds(1);

    private static final int REFUSALS_KEPT = 16;

    private final MeshCounters counters;
    private final InstantSource clock;
    private final Supplier<String> bind;
    private final LogLimiter logLimiter = new LogLimiter(WARNING_PAUSE);
    private final ArrayDeque<RefusalView> refusals = new ArrayDeque<>();
    private volatile BiConsumer<Address, String> onDial = (_, _) -> {};

    RefusalLog(MeshCounters counters, InstantSource clock, Supplier<String> bind) {
        this.counters = counters;
        this.clock = clock;
        this.bind = bind;
    }

    /** Who is told why the handshake of a dial failed. To be set before the first is. */
    void onDial(BiConsumer<Address, String> callback) {
        onDial = callback;
    }

    /** The last handshakes that failed, the newest last. */
    List<RefusalView> views() {
        synchronized (refusals) {
            return List.copyOf(refusals);
        }
    }

    /** Notes how a handshake failed, or why a link was closed. */
    void note(LinkSession link, CloseCode code, String reason, String how) {
        boolean handshake = link.id() == null;
        String shown = LogText.printable(reason);
        Address dialled = link.dialled();
        if (dialled != null && handshake) {
            String known = code.number() + " (" + LinkSession.words(code) + ")";
            onDial.accept(dialled, shown.startsWith(known) ? shown : known + ": " + shown);
        }
        if (handshake) {
            if (!isNoFault(code)) {
                counters.refusedHandshake(code);
                keep(new RefusalView(link.address(), link.direction(), code, shown, how, clock.instant()));
            }
        }
        log.atLevel(level(handshake, link, code))
                .log(
                        "{}: {} {} {} with {} ({}): {}",
                        bind.get(),
                        handshake ? "handshake with" : "link with",
                        link.address(),
                        how,
                        code.number(),
                        LinkSession.words(code),
                        shown);
    }

    /** A link that was dialled has ended. */
    void noteEnd(Address dialled, String words) {
        onDial.accept(dialled, "the link ended: " + words);
    }

    /** There was no room for another handshake. */
    void noteFull(String address, String host) {
        log.atLevel(logLimiter.isDue(host + "full") ? Level.WARN : Level.DEBUG)
                .log("{}: {} was closed with 1013: as many handshakes or links as allowed", bind.get(), address);
    }

    private void keep(RefusalView refusal) {
        synchronized (refusals) {
            if (refusals.size() == REFUSALS_KEPT) {
                // Strangers must not push out what health tells of.
                RefusalView oldest = refusals.stream()
                        .filter(each -> each.code() != CloseCode.IDENTITY_IN_USE)
                        .findFirst()
                        .orElse(refusals.getFirst());
                refusals.remove(oldest);
            }
            refusals.add(refusal);
        }
    }

    /**
     * That a node meets itself is no fault where all have the same configuration, and it does so for ever. Nor is it one that a dial
     * crosses another, or that the peer leaves.
     */
    private static boolean isNoFault(CloseCode code) {
        return switch (code) {
            case SELF, NORMAL, GOING_AWAY, DUPLICATE_LINK -> true;
            default -> false;
        };
    }

    private Level level(boolean handshake, LinkSession link, CloseCode code) {
        boolean stranger = handshake && link.dialled() == null;
        return !isNoFault(code) && (!stranger || logLimiter.isDue(link.remoteHost() + code)) ? Level.WARN : Level.DEBUG;
    }
}
