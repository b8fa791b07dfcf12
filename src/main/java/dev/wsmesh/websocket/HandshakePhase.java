package dev.wsmesh.websocket;

import dev.wsmesh.identity.Handshake;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.wire.WireException;
import org.jspecify.annotations.Nullable;

/**
 * A session before it is a link: what each message of the peer leads to. The reader's own, but for {@link #progress}, {@link #peer} and
 * {@link #greeting}.
 *
 * <p>The end whose proof is the last message is good for the other one only when that has judged it: then its first frame comes.
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

    private final Handshake handshake;
    private final LinkRegistry registry;
    private volatile Progress progress = Progress.SILENT;

    /** Who it is, once that is proved; to be admitted or refused. */
    private volatile @Nullable NodeId peer;

    /** Good for us, but the peer has yet to judge our proof. */
    private Handshake.@Nullable Admitted unjudged;

    /** When our proof was handed over to the writer: the peer cannot have the link before. */
    private long provedNanos;

    HandshakePhase(Handshake handshake, LinkRegistry registry) {
        this.handshake = handshake;
        this.registry = registry;
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

    /** Whether this node, which was dialled here, has heard itself: the greeting of that one. */
    boolean hasHeard(HandshakePhase dialler) {
        return handshake.hasHeard(dialler.handshake);
    }

    Step onMessage(byte[] message) throws WireException {
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
        progress = Progress.PROVED;
        Bytes last = admitted.frame();
        if (last == null) {
            return new Admit(admitted, 0);
        }
        provedNanos = System.nanoTime();
        unjudged = admitted;
        return new Say(last);
    }
}
