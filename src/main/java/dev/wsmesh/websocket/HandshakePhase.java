package dev.wsmesh.websocket;

import dev.wsmesh.identity.Handshake;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.wire.SocketWord;
import dev.wsmesh.wire.WireException;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.CloseStatus;

/**
 * A session before it is a link: what each message of the peer leads to. The reader's own, but for {@link #progress}, {@link #peer} and
 * {@link #greeting}.
 *
 * <p>It may end as the second socket of a link that there is. The end whose proof is the last message is good for the other one only when that has judged it: then its first frame comes.
 */
final class HandshakePhase {

    /** How far the peer has come; each step costs it more than the one before. */
    enum Progress {
        /** It has said nothing yet that makes sense. */
        SILENT,
        GREETED,
        /** Its proof was good. */
        PROVED
    }

    /** What is to be done next. */
    sealed interface Step {}

    /** Send this. */
    record Say(Bytes message) implements Step {}

    /** Close, and say why. */
    record Refuse(CloseCode code, String reason) implements Step {}

    /**
     * The link is up.
     *
     * @param peerAheadNanos how much earlier the peer may have had it
     */
    record Admit(Handshake.Admitted admitted, long peerAheadNanos) implements Step {}

    /** The session is the second socket of this link, if that still is there. */
    record Join(LinkSession first) implements Step {}

    /** Anybody can say so, also without a key; and who is taken for this node is not missed. */
    private static final CloseStatus NOT_SELF =
            new CloseStatus(CloseCode.MALFORMED.number(), "it closed with 4002 (self), and is not this node");

    private final Handshake handshake;
    private final LinkRegistry registry;
    /** Whose second socket it is to be: of a dialled session from the beginning, of an accepted one once the peer has proved itself. */
    private @Nullable LinkSession first;

    /** This node's own endpoint has heard this dial of its. */
    private volatile boolean met;

    private volatile Progress progress = Progress.SILENT;

    /** Who it is, once that is proved; to be admitted or refused. */
    private volatile @Nullable NodeId peer;

    /** Good for us, but the peer has yet to judge our proof. */
    private Handshake.@Nullable Admitted unjudged;

    /** When our proof was handed over to the writer: the peer cannot have the link before. */
    private long provedNanos;

    HandshakePhase(Handshake handshake, LinkRegistry registry, @Nullable LinkSession first) {
        this.handshake = handshake;
        this.registry = registry;
        this.first = first;
    }

    Bytes greeting() {
        return handshake.greeting();
    }

    Progress progress() {
        return progress;
    }

    /** Who is at the other end; null before that is proved. */
    @Nullable
    NodeId peer() {
        return peer;
    }

    /** This node's own endpoint has met the node itself in that one: here, if what it has heard is what was said here. */
    void meet(HandshakePhase accepted) {
        if (accepted.handshake.hasHeard(handshake)) {
            met = true;
        }
    }

    /** An end as it is told, unless it says that this node is at the other end, and it is not. */
    CloseStatus believed(CloseStatus told) {
        return told.getCode() == CloseCode.SELF.number() && !met ? NOT_SELF : told;
    }

    Step onMessage(byte[] message) throws WireException {
        LinkSession asked = first;
        if (asked != null && progress == Progress.PROVED) {
            return SocketWord.in(message) == SocketWord.JOINED
                    ? new Join(asked)
                    : new Refuse(
                            CloseCode.MALFORMED,
                            "it proved itself for a second socket, and went on with something else");
        }
        return switch (handshake.onMessage(
                registry.decodeHandshake(message),
                Bytes.wrap(message),
                registry.now().toEpochMilli())) {
            case Handshake.Send send -> {
                progress = Progress.GREETED;
                yield new Say(send.frame());
            }
            case Handshake.Refused refused -> {
                peer = refused.peer();
                yield new Refuse(refused.code(), refused.reason());
            }
            case Handshake.Admitted admitted -> onProof(admitted);
        };
    }

    /** Something comes behind the handshake; null unless it shows that our proof was good. */
    @Nullable
    Admit onFirstFrame() {
        Handshake.Admitted admitted = unjudged;
        unjudged = null;
        return admitted == null ? null : new Admit(admitted, System.nanoTime() - provedNanos);
    }

    private Step onProof(Handshake.Admitted admitted) {
        peer = admitted.peer();
        if (registry.isLinkedWithLaterRun(admitted.peer(), admitted.epoch())) {
            return new Refuse(
                    CloseCode.IDENTITY_IN_USE,
                    "node " + admitted.peer()
                            + " is linked already, in a later run: two processes have the same key or data directory");
        }
        Bytes last = admitted.frame();
        LinkSession wanted = first;
        if (last != null && admitted.joins().length() > 0) {
            return onJoining(admitted, last);
        }
        progress = Progress.PROVED;
        if (last == null && wanted != null) {
            return isWith(wanted, admitted)
                    ? new Join(wanted)
                    : new Refuse(
                            CloseCode.NORMAL,
                            "no second socket: the link has ended, or another node is at its peer's address");
        }
        if (last == null) {
            return new Admit(admitted, 0);
        }
        provedNanos = System.nanoTime();
        unjudged = admitted;
        return new Say(last);
    }

    /** A peer that is linked, as it says, wants a second socket for the link. */
    private Step onJoining(Handshake.Admitted admitted, Bytes last) {
        LinkSession wanted = registry.links().dialled(admitted.joins());
        if (wanted == null) {
            return new Refuse(
                    CloseCode.NORMAL, "it wants a second socket for a link that is not here, or not any more");
        }
        if (!isWith(wanted, admitted)) {
            return new Refuse(CloseCode.UNAUTHENTICATED, "it wants a second socket for the link of another node");
        }
        if (wanted.sockets().count() == 2) {
            return new Refuse(CloseCode.DUPLICATE_LINK, "the link has a second socket");
        }
        progress = Progress.PROVED;
        first = wanted;
        return new Say(last);
    }

    /** Whether the link goes on, and is one with this run of this node. */
    private static boolean isWith(LinkSession link, Handshake.Admitted admitted) {
        EstablishedLink up = link.established();
        return up != null && link.isUp() && up.id().peer().equals(admitted.peer()) && up.epoch() == admitted.epoch();
    }
}
