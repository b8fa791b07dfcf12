package dev.wsmesh.protocol;

import dev.wsmesh.protocol.Alarms.Alarm;
import dev.wsmesh.protocol.Settings.Membership;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The configured peers. One that is not reached is dialled for ever, with backoff: so two halves of a healed partition always
 * find each other.
 */
final class Bootstrap {
    static final class Peer {
        final Address address;
        /** Who answered there last. */
        @Nullable
        NodeId id;

        int failures;
        boolean dialling;
        /** The last link with it ended because it, or we, had no room: next time we only look at it. */
        boolean full;
        /** The last dial led to this node itself. */
        boolean self;
        /** The last dial, or link, ended with a code that only an operator can lift: nothing else shortens the pause. */
        boolean turnedAway;

        long notBefore;

        /** When a link with it last broke: what came before that shows nothing. */
        long lostAt = Long.MIN_VALUE;

        Peer(Address address) {
            this.address = address;
        }
    }

    private final Context context;
    private final List<Peer> peers = new ArrayList<>();

    Bootstrap(Context context) {
        this.context = context;
        follow(context.settings.bootstrap());
    }

    /** These are the configured peers from now on; what is known of those that stay is kept. */
    void follow(List<Address> addresses) {
        List<Peer> before = List.copyOf(peers);
        peers.clear();
        for (Address address : addresses) {
            if (find(address) == null && !address.equals(context.settings.address())) {
                peers.add(find(before, address));
            }
        }
        if (!peers.isEmpty()) {
            context.alarms.set(Alarm.BOOTSTRAP, context.now);
        }
    }

    List<Peer> peers() {
        return peers;
    }

    private static Peer find(List<Peer> known, Address address) {
        for (Peer peer : known) {
            if (peer.address.equals(address)) {
                return peer;
            }
        }
        return new Peer(address);
    }

    @Nullable
    Peer find(@Nullable Address address) {
        for (Peer peer : peers) {
            if (peer.address.equals(address)) {
                return peer;
            }
        }
        return null;
    }

    /** The peers that are to be dialled now; sets the alarm for the rest. */
    List<Peer> due(Predicate<Peer> reached) {
        List<Peer> due = new ArrayList<>();
        for (Peer peer : peers) {
            if (peer.dialling) {
                continue;
            }
            if (peer.notBefore <= context.now && reached.test(peer)) {
                rest(peer);
            }
            if (peer.notBefore <= context.now) {
                due.add(peer);
            } else {
                context.alarms.setNoLaterThan(Alarm.BOOTSTRAP, peer.notBefore);
            }
        }
        return due;
    }

    /** It was reached: look again after a while. */
    void rest(Peer peer) {
        peer.failures = 0;
        retryIn(peer, context.settings.membership().dialling().backoffLimit());
    }

    void onFailure(Peer peer, CloseCode code) {
        Membership settings = context.settings.membership();
        peer.dialling = false;
        peer.self = code == CloseCode.SELF;
        peer.failures++;
        peer.turnedAway = code.retry() == CloseCode.Retry.LONG_BACKOFF;
        if (peer.turnedAway) {
            retryIn(peer, settings.dialling().longBackoff());
            return;
        }
        long backoff = settings.dialling().backoff().toNanos() << Math.min(peer.failures - 1, 16);
        retryIn(
                peer,
                Duration.ofNanos(
                        Math.min(backoff, settings.dialling().backoffLimit().toNanos())));
    }

    void onLinkUp(Peer peer, NodeId id) {
        peer.dialling = false;
        peer.full = false;
        peer.self = false;
        peer.turnedAway = false;
        peer.id = id;
        rest(peer);
    }

    /** A link with this node broke, and it was the last one. */
    void onLost(NodeId id) {
        for (Peer peer : peers) {
            if (id.equals(peer.id)) {
                peer.lostAt = context.now;
            }
        }
    }

    /** The node stands alone: nothing to wait for but politeness, and an operator. */
    void retrySoon(Peer peer) {
        if (!isTurnedAway(peer)) {
            retryAfter(peer, Duration.ZERO);
        }
    }

    /** The link with it was lost; with nothing else to wait for, as soon as politeness allows. */
    void onBroken(Peer peer, CloseCode code, Duration pause) {
        peer.turnedAway = code.retry() == CloseCode.Retry.LONG_BACKOFF;
        retryAfter(peer, pause);
    }

    /** Whether what is at this address is left alone for a long time, also if others name it. */
    boolean isTurnedAway(Address address) {
        Peer peer = find(address);
        return peer != null && isTurnedAway(peer);
    }

    private boolean isTurnedAway(Peer peer) {
        return peer.turnedAway && peer.notBefore > context.now;
    }

    private void retryAfter(Peer peer, Duration pause) {
        Duration polite = context.settings.membership().dialling().backoff();
        if (!peer.dialling) {
            retryIn(peer, pause.compareTo(polite) < 0 ? polite : pause);
        }
    }

    private void retryIn(Peer peer, Duration about) {
        peer.notBefore = context.inAbout(about);
        context.alarms.setNoLaterThan(Alarm.BOOTSTRAP, peer.notBefore);
    }
}
