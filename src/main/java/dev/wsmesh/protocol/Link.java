package dev.wsmesh.protocol;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One live link: a set of cursors over the log, flags for what is to be said, a short queue of what concerns no stream, and one of answers about streams
 * that are not known.
 *
 * <p>Phases: OPEN until we decide to close it; DRAINING while a goodbye waits to be sent; CLOSED until the caller reports it
 * down. Nothing but the goodbye is sent in DRAINING, nothing at all in CLOSED, and what arrives in either is ignored.
 */
final class Link {
    enum Phase {
        OPEN,
        DRAINING,
        CLOSED
    }

    enum Role {
        /** Dialled only to look at the peer's digest. */
        PROBE,
        /** Asked for a favour, and has not answered yet. */
        CANDIDATE,
        /** A probe that found another mesh and said Join, which has not been answered yet. */
        JOINING,
        NEIGHBOUR
    }

    final LinkId id;
    final @Nullable Address dialled;
    final long peerEpoch;
    final boolean overlapped;
    /** The largest frame that the peer accepts. */
    final int frameBytes;

    final long upAt;
    /** The peer cannot have had the link before this. */
    final long upAtPeerAfter;

    Phase phase = Phase.OPEN;
    Role role;
    /** What the peer said about itself; until then what we dialled, or where the caller saw it listen. */
    Contact contact;
    /** A bootstrap peer that we dialled: never evicted by us. */
    boolean sticky;

    /** Of a probe: when the lack of evidence becomes evidence of a lack. */
    long decideBy = Alarms.NEVER;

    CloseCode closing = CloseCode.NORMAL;
    long drainUntil = Alarms.NEVER;

    /** Frames that the caller is ready to take. */
    int credits;

    final ArrayDeque<Message> control = new ArrayDeque<>();
    /** Answers the latest Ping; not in the queue, where a flood could push it out. */
    Message.@Nullable Pong pong;

    final ArrayDeque<StreamLink> flagged = new ArrayDeque<>();
    final ArrayDeque<StreamLink> owed = new ArrayDeque<>();
    final Map<StreamId, StreamLink> streams = new HashMap<>();
    boolean digestDue;
    /** The first digest is complete: from then on the peer hears what it is asked. */
    boolean digestSaid;
    /** What the peer is to be told of streams that we do not know, or no longer. */
    final ArrayDeque<Message.Miss> denials = new ArrayDeque<>(0);

    /** The peer wants this of the past, when there is nothing better to send. */
    Message.@Nullable Backfill historyDue;

    /** So many frames had no room for it. */
    int historyPutOff;

    /** So many frames had no room for the next record that is owed. */
    int recordPutOff;

    boolean touched;

    boolean digestReceived;
    /** On our clock: the peer wants records born since then of streams that it does not know. */
    long listeningSince;
    /** When the peer said Leave: from then on it is neither asked nor counted on. */
    long leavingSince = Alarms.NEVER;
    /** The peer's Join was passed on. */
    boolean joined;
    /** The peer has answered our Join or Neighbor. */
    boolean answered;

    long heardAt;
    /** When the first part was heard of the frame that is coming; NEVER between frames, and for those that come at once. */
    private long comingSince = Alarms.NEVER;
    /** When something was last heard of a frame that had been coming for longer than a graft timeout. */
    long slowAt = Long.MIN_VALUE / 2;

    long pingNonce;
    /** When the last Ping was due: at first when the link came up. */
    long pingedAt;

    boolean pongMissing;
    long roundTripNanos = -1;

    boolean laggard;

    Link(Input.LinkUp up, Role role, long now) {
        this.id = up.link();
        this.dialled = up.dialled();
        this.peerEpoch = up.peerEpoch();
        this.overlapped = up.overlapped();
        this.frameBytes = up.peerFrameBytes();
        this.contact = new Contact(id.peer(), up.observed() != null ? up.observed() : dialled);
        this.role = role;
        this.upAt = now;
        this.upAtPeerAfter = now - up.peerAheadNanos();
        this.listeningSince = now;
        this.heardAt = now;
        this.pingedAt = now;
    }

    /** A part of a frame has come, or all of it. */
    void onHeard(long now, long graftTimeoutNanos) {
        heardAt = now;
        if (comingSince == Alarms.NEVER) {
            comingSince = now;
        } else if (comingSince + graftTimeoutNanos <= now) {
            slowAt = now;
        }
    }

    /** All of the frame has come that was coming. */
    void onWhole() {
        comingSince = Alarms.NEVER;
    }

    NodeId peer() {
        return id.peer();
    }

    boolean dialledByUs() {
        return dialled != null;
    }

    boolean isNeighbour() {
        return phase == Phase.OPEN && role == Role.NEIGHBOUR;
    }

    /** Streams flow: nothing is pushed before the neighbour's complete digest. */
    boolean isReady() {
        return isNeighbour() && digestReceived;
    }

    /** Whether it may be asked for records, and counted on. */
    boolean canBeAsked() {
        return isReady() && !isLeaving();
    }

    /** Asked to be a neighbour, and not answered yet. */
    boolean isAsked() {
        return phase == Phase.OPEN && (role == Role.CANDIDATE || role == Role.JOINING);
    }

    boolean isLeaving() {
        return leavingSince != Alarms.NEVER;
    }

    /** The largest record that the peer accepts. */
    int recordBytes() {
        return frameBytes - Limits.FRAME_OVERHEAD_BYTES;
    }

    @Nullable
    StreamLink stream(StreamId stream) {
        return streams.get(stream);
    }
}
