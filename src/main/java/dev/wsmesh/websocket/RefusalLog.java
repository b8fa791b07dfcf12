package dev.wsmesh.websocket;

import dev.wsmesh.node.Direction;
import dev.wsmesh.node.LogText;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.RefusalView;
import dev.wsmesh.node.RefusalView.Phase;
import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.NodeId;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.http.HttpStatus;
import org.springframework.web.socket.CloseStatus;

/**
 * Who was turned away, and why, for whoever operates the node: in its log, its counters, and a list of the last; upgrades,
 * handshakes and links alike. Thread-safe.
 */
final class RefusalLog {

    private static final Logger log = LoggerFactory.getLogger(RefusalLog.class);

    /** Strangers must not fill the log; every refusal is counted all the same. A guess. */
    private static final Duration STRANGERS_PAUSE = Duration.ofSeconds(1);

    /** A node that was learned of is dialled again and again, with pauses of up to a minute. A guess. */
    private static final Duration LEARNED_PAUSE = Duration.ofMinutes(10);

    private static final int REFUSALS_KEPT = 32;

    /** So many of one host or URL, which may give many reasons. A guess. */
    private static final int REFUSALS_EACH = 8;

    private static final String BY_US = "closed by this node";
    private static final String BY_PEER = "ended by the peer";

    private final MeshCounters counters;
    private final InstantSource clock;
    private final Supplier<String> bind;
    private final LogLimiter strangers = new LogLimiter(STRANGERS_PAUSE);
    private final LogLimiter learned = new LogLimiter(LEARNED_PAUSE);
    /** The newest last. Guarded by its own monitor. */
    private final Map<Subject, RefusalView> kept = new LinkedHashMap<>();

    private volatile Configured configured = new Unconfigured();

    /** Whether the failure of a dial is worth a line in the log. */
    enum News {
        /** The address is configured, and this was not told before. */
        FRESH,
        /** The address is configured, and this was the last that was told. */
        KNOWN,
        /** The address was learned from other nodes. */
        NOT_CONFIGURED
    }

    /** What the end of a link means to whoever reads the log. */
    enum EndNews {
        /** A neighbour is none any more. */
        GONE,
        /** There is another link with the same node. */
        ANOTHER_IS_THERE,
        /** It has never been a neighbour: it may have looked whether there is room. */
        NEVER_NEIGHBOUR
    }

    /** Who knows which addresses are configured. */
    interface Configured {

        /** A dial failed, or its handshake. */
        News failed(Address dialled, String why);

        /**
         * The only link with a node has ended, whoever had dialled.
         *
         * @param dialled where this node had dialled it, if it had
         */
        void ended(@Nullable Address dialled, NodeId peer, String why);
    }

    private static final class Unconfigured implements Configured {

        @Override
        public News failed(Address dialled, String why) {
            return News.NOT_CONFIGURED;
        }

        @Override
        public void ended(@Nullable Address dialled, NodeId peer, String why) {}
    }

    /** What makes two refusals the same: a stranger's port does not. */
    private record Subject(
            Phase phase, String who, int code, @Nullable NodeId peer, String reason) {}

    RefusalLog(MeshCounters counters, InstantSource clock, Supplier<String> bind) {
        this.counters = counters;
        this.clock = clock;
        this.bind = bind;
    }

    /** Who is told why the handshake of a dial failed or a link ended. To be set before the first is. */
    void tell(Configured peers) {
        configured = peers;
    }

    /** The last refusals, the newest last. */
    List<RefusalView> views() {
        synchronized (kept) {
            return List.copyOf(kept.values());
        }
    }

    /** This node answers an upgrade with an error. */
    void upgrade(InetSocketAddress remote, MeshCounters.Refusal reason, HttpStatus status, String why) {
        counters.refused(reason);
        String address = LogText.printable(remote.getHostString() + ":" + remote.getPort());
        keep(
                new Subject(Phase.UPGRADE, remote.getHostString(), status.value(), null, LogText.printable(why)),
                address,
                Direction.ACCEPTED,
                name(status),
                "refused by this node");
        Level level = strangers.isDue(remote.getHostString(), reason + why) ? Level.WARN : Level.DEBUG;
        log.atLevel(level).log("{}: refused an upgrade from {}: {}", bind.get(), address, LogText.printable(why));
    }

    /** A peer has answered our upgrade with an error; whoever dialled logs that. */
    void upgradeByPeer(Address dialled, HttpStatus status, String why) {
        String address = LogText.printable(dialled.toString());
        keep(
                new Subject(Phase.UPGRADE, address, status.value(), null, why),
                address,
                Direction.DIALLED,
                name(status),
                "refused by the peer");
    }

    /** This node closes a session because of what it found. */
    void closing(LinkSession link, CloseCode code, String reason) {
        String shown = LogText.printable(reason);
        note(link, code, shown, CloseWords.known(code) + ": " + shown, BY_US);
    }

    /** A session that was no link yet has ended, and not because this node wanted it to. */
    void handshakeEnded(LinkSession link, CloseCode code, CloseStatus status) {
        note(link, code, reason(code, status), words(code, status), link.isClosing() ? BY_US : BY_PEER);
    }

    /**
     * A link has ended.
     *
     * @param news what that means for whoever reads the log
     */
    void linkEnded(LinkSession link, NodeId peer, CloseCode code, CloseStatus status, EndNews news) {
        counters.linkEnded(code);
        String words = words(code, status);
        if (news != EndNews.ANOTHER_IS_THERE) {
            configured.ended(link.dialled(), peer, "the link ended: " + words);
        }
        if (isRefusal(code) && code != CloseCode.ABNORMAL && !link.isRefused()) {
            keep(link, code, reason(code, status), link.isClosing() ? BY_US : BY_PEER);
        }
        log.atLevel(levelOfEnd(link, code, words, news))
                .log("{}: link with {} ({}) ended: {}", bind.get(), peer, link.address(), words);
    }

    private Level levelOfEnd(LinkSession link, CloseCode code, String words, EndNews news) {
        if (link.isRefused() || news == EndNews.ANOTHER_IS_THERE) {
            return Level.DEBUG;
        }
        if (isFault(code)
                && code != CloseCode.ABNORMAL
                && strangers.isDue(link.otherEnd().host(), "link " + link.peer() + words)) {
            return Level.WARN;
        }
        boolean everyday = isEveryday(code) || !isRefusal(code);
        return news == EndNews.NEVER_NEIGHBOUR && everyday ? Level.DEBUG : Level.INFO;
    }

    private void note(LinkSession link, CloseCode code, String reason, String words, String how) {
        boolean handshake = link.id() == null;
        if (handshake) {
            counters.refusedHandshake(code);
        }
        if (isRefusal(code)) {
            keep(link, code, reason, how);
        }
        log.atLevel(isDue(link, words) ? levelOf(link, code) : Level.DEBUG)
                .log(
                        "{}: {} {} {} with {}",
                        bind.get(),
                        handshake ? "handshake with" : "link with",
                        link.address(),
                        how,
                        words);
    }

    /** That a configured peer is this node itself is told by the end that dialled: the other one is the same process. */
    private static Level levelOf(LinkSession link, CloseCode code) {
        if (isFault(code)) {
            return Level.WARN;
        }
        return code == CloseCode.SELF && link.dialled() != null ? Level.INFO : Level.DEBUG;
    }

    /** Whether it is worth a line; whoever configured the address is told in any case. */
    private boolean isDue(LinkSession link, String words) {
        Address dialled = link.dialled();
        if (dialled == null || link.id() != null) {
            return strangers.isDue(link.otherEnd().host(), link.peer() + words);
        }
        if (link.isSecond()) {
            // The link is up: nothing is wrong with the peer as such.
            return learned.isDue(dialled.toString(), words);
        }
        return switch (configured.failed(dialled, words)) {
            case FRESH -> true;
            case KNOWN -> false;
            case NOT_CONFIGURED -> learned.isDue(dialled.toString(), words);
        };
    }

    private void keep(LinkSession link, CloseCode code, String reason, String how) {
        Phase phase = link.id() == null ? Phase.HANDSHAKE : Phase.LINK;
        String who = link.dialled() == null ? link.otherEnd().host() : link.address();
        keep(
                new Subject(phase, who, code.number(), link.peer(), reason),
                link.address(),
                link.otherEnd().direction(),
                CloseWords.of(code),
                how);
    }

    private void keep(Subject subject, String address, Direction direction, String name, String how) {
        synchronized (kept) {
            RefusalView before = kept.remove(subject);
            Predicate<Subject> sameParty = each -> each.who().equals(subject.who());
            if (kept.keySet().stream().filter(sameParty).count() >= REFUSALS_EACH) {
                forgetOneOf(sameParty);
            } else if (kept.size() >= REFUSALS_KEPT) {
                forgetOneOf(_ -> true);
            }
            kept.put(
                    subject,
                    new RefusalView(
                            subject.phase(),
                            address,
                            direction,
                            subject.peer(),
                            subject.code(),
                            name,
                            subject.reason(),
                            how,
                            before == null ? 1 : before.times() + 1,
                            clock.instant()));
        }
    }

    /** Everyday life goes first; strangers must not push out what health tells of. */
    private void forgetOneOf(Predicate<Subject> some) {
        Optional<Subject> least = oldest(some.and(each -> isEveryday(CloseCode.of(each.code()))))
                .or(() -> oldest(some.and(each -> each.code() != CloseCode.IDENTITY_IN_USE.number())))
                .or(() -> oldest(some));
        least.ifPresent(kept::remove);
    }

    private Optional<Subject> oldest(Predicate<Subject> filter) {
        return kept.keySet().stream().filter(filter).findFirst();
    }

    /** Everything but that the peer leaves, or has seen what it wanted to see: nobody is turned away then. */
    private static boolean isRefusal(CloseCode code) {
        return code != CloseCode.NORMAL && code != CloseCode.GOING_AWAY;
    }

    /**
     * What goes on all the time in a mesh that is well, and is no fault of anybody: a dial that crosses another, a node that meets
     * itself where all have the same configuration, a view that has no room.
     */
    private static boolean isEveryday(CloseCode code) {
        return code == CloseCode.DUPLICATE_LINK || code == CloseCode.SELF || code == CloseCode.FULL;
    }

    private static boolean isFault(CloseCode code) {
        return isRefusal(code) && !isEveryday(code);
    }

    /** What the Close frame says beside its code; of a code that this protocol does not know, all of it. */
    private static String reason(CloseCode code, CloseStatus status) {
        if (status.getCode() != code.number()) {
            return PlainStatus.describe(status);
        }
        return LogText.printable(Objects.requireNonNullElse(status.getReason(), ""));
    }

    private static String words(CloseCode code, CloseStatus status) {
        String reason = reason(code, status);
        if (status.getCode() != code.number()) {
            return reason;
        }
        boolean tellsNothing = reason.isEmpty() || reason.equals(CloseWords.of(code));
        return tellsNothing ? CloseWords.known(code) : CloseWords.known(code) + ": " + reason;
    }

    private static String name(HttpStatus status) {
        return status.getReasonPhrase().toLowerCase(Locale.ROOT);
    }
}
