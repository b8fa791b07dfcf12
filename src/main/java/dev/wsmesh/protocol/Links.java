package dev.wsmesh.protocol;

import dev.wsmesh.protocol.Alarms.Alarm;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The live links, what is to be said on them, and when they are allowed to say it. */
final class Links {
    private final Context context;
    private final Map<LinkId, Link> live = new LinkedHashMap<>();
    private final FrameFiller filler;
    private List<Link> touched = new ArrayList<>();
    /** How many different nodes they are with. */
    private int peers;

    Links(Context context) {
        this.context = context;
        this.filler = new FrameFiller(context);
    }

    Collection<Link> all() {
        return live.values();
    }

    @Nullable
    Link find(LinkId id) {
        return live.get(id);
    }

    void add(Link link) {
        if (live.putIfAbsent(link.id, link) != null) {
            throw new IllegalStateException(link.id + " is up already");
        }
        context.count(Counter.LINKS_UP);
        countPeers();
        watch(link);
    }

    void remove(Link link) {
        live.remove(link.id);
        countPeers();
        link.phase = Link.Phase.CLOSED;
    }

    /** Whether some peer is linked twice, as happens for a moment when both dial. */
    boolean hasTwins() {
        return peers < live.size();
    }

    private void countPeers() {
        Set<NodeId> different = new HashSet<>();
        for (Link link : live.values()) {
            different.add(link.peer());
        }
        peers = different.size();
    }

    boolean isLinkedWith(NodeId peer) {
        for (Link link : live.values()) {
            if (link.phase == Link.Phase.OPEN && link.peer().equals(peer)) {
                return true;
            }
        }
        return false;
    }

    /** Whether somebody who can be dialled at this address is linked, whatever else he was called before. */
    boolean isLinkedAt(Address address) {
        for (Link link : live.values()) {
            boolean there = address.equals(link.contact.address()) || address.equals(link.dialled);
            if (link.phase == Link.Phase.OPEN && there) {
                return true;
            }
        }
        return false;
    }

    /** Queues what is not a flag; of too many, the oldest is dropped. */
    void say(Link link, Message message) {
        if (link.phase != Link.Phase.OPEN) {
            return;
        }
        if (link.control.size() >= context.settings.liveness().controlQueue()) {
            link.control.removeFirst();
            context.count(Counter.CONTROL_DROPPED);
        }
        link.control.addLast(message);
        touch(link);
    }

    /** Answers about a stream that we do not know; of too many, the latest are dropped. */
    void deny(Link link, Message.Miss denial) {
        if (link.phase != Link.Phase.OPEN) {
            return;
        }
        if (link.denials.size() >= context.settings.broadcasting().memory().forgottenPositions()) {
            context.count(Counter.CONTROL_DROPPED);
            return;
        }
        link.denials.addLast(denial);
        touch(link);
    }

    void flag(StreamLink stream) {
        if (!stream.inFlagged && stream.link.phase == Link.Phase.OPEN) {
            stream.inFlagged = true;
            stream.link.flagged.addLast(stream);
        }
        touch(stream.link);
    }

    void owe(StreamLink stream) {
        if (!stream.inOwed && stream.isOwed()) {
            stream.inOwed = true;
            stream.link.owed.addLast(stream);
        }
        touch(stream.link);
    }

    void touch(Link link) {
        if (!link.touched && link.credits > 0) {
            link.touched = true;
            touched.add(link);
        }
    }

    /** Says goodbye, if there is one, and then closes; neither waits for a link that takes no frames. */
    void dismiss(Link link, CloseCode code, @Nullable Message goodbye) {
        link.control.clear();
        link.pong = null;
        link.closing = code;
        if (goodbye == null) {
            close(link);
            return;
        }
        link.control.addLast(goodbye);
        link.phase = Link.Phase.DRAINING;
        link.drainUntil = context.in(context.settings.liveness().drainLimit());
        context.alarms.setNoLaterThan(Alarm.DRAINING, link.drainUntil);
        touch(link);
    }

    void close(Link link) {
        link.phase = Link.Phase.CLOSED;
        link.control.clear();
        context.emit(new Output.Close(link.id, link.closing));
    }

    /** Sends what was touched since the last time, as far as the links take it. */
    void pump() {
        if (touched.isEmpty()) {
            return;
        }
        List<Link> batch = touched;
        touched = new ArrayList<>();
        for (Link link : batch) {
            link.touched = false;
            pump(link);
        }
    }

    private void pump(Link link) {
        while (link.credits > 0 && link.phase != Link.Phase.CLOSED) {
            Frame frame = filler.fill(link);
            if (frame == null) {
                return;
            }
            link.credits--;
            context.emit(new Output.Send(link.id, frame));
            if (link.phase == Link.Phase.DRAINING && link.control.isEmpty()) {
                close(link);
            }
        }
    }

    void onDrainingAlarm() {
        for (Link link : live.values()) {
            if (link.phase != Link.Phase.DRAINING) {
                continue;
            }
            if (link.drainUntil <= context.now) {
                close(link);
            } else {
                context.alarms.setNoLaterThan(Alarm.DRAINING, link.drainUntil);
            }
        }
    }

    /** Asks every link for a sign of life, which is also how its round trip is measured, and gives up where there was none. */
    void onLivenessAlarm(Consumer<Link> unresponsive) {
        for (Link link : List.copyOf(live.values())) {
            if (link.phase != Link.Phase.OPEN) {
                continue;
            }
            if (link.heardAt + context.settings.liveness().unresponsiveAfter().toNanos() <= context.now) {
                context.count(Counter.LINKS_UNRESPONSIVE);
                unresponsive.accept(link);
                continue;
            }
            if (pingAt(link) <= context.now) {
                link.pingNonce++;
                link.pingedAt = context.now;
                link.pongMissing = true;
                say(link, new Message.Ping(link.pingNonce));
            }
            watch(link);
        }
    }

    /** Of several Pings that wait, only the latest is answered. */
    void onPing(Link link, Message.Ping ping) {
        link.pong = new Message.Pong(ping.nonce());
        touch(link);
    }

    void onPong(Link link, Message.Pong pong) {
        if (pong.nonce() == link.pingNonce && link.pongMissing) {
            link.roundTripNanos = context.now - link.pingedAt;
            link.pongMissing = false;
        }
    }

    private void watch(Link link) {
        long silentUntil =
                link.heardAt + context.settings.liveness().unresponsiveAfter().toNanos();
        context.alarms.setNoLaterThan(Alarm.LIVENESS, Math.min(silentUntil, Math.max(pingAt(link), context.now + 1)));
    }

    private long pingAt(Link link) {
        return link.pingedAt + context.settings.liveness().pingAfter().toNanos();
    }
}
