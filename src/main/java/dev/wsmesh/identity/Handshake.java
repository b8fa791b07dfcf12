package dev.wsmesh.identity;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Intent;
import dev.wsmesh.protocol.Message;
import dev.wsmesh.protocol.Message.Hello;
import dev.wsmesh.protocol.Message.Proof;
import dev.wsmesh.protocol.NodeId;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How two nodes prove to each other who they are, and that they belong to the same mesh, before a link is up: the pure state
 * machine of one side. The stranger, who dialled, proves first.
 *
 * <table>
 * <caption>States</caption>
 * <tr><th>state</th><th>side</th><th>receives</th><th>sends</th><th>then</th></tr>
 * <tr><td>GREETING</td><td>dialler</td><td>Hello</td><td>Proof</td><td>PROVING</td></tr>
 * <tr><td>GREETING</td><td>acceptor</td><td>Hello</td><td>Hello</td><td>PROVING</td></tr>
 * <tr><td>PROVING</td><td>dialler</td><td>Proof</td><td></td><td>OVER, admitted</td></tr>
 * <tr><td>PROVING</td><td>acceptor</td><td>Proof</td><td>Proof</td><td>OVER, admitted</td></tr>
 * <tr><td>any</td><td>any</td><td>what is not good</td><td></td><td>OVER, refused</td></tr>
 * </table>
 *
 * <p>Each Proof signs the role of its sender and the exact bytes of both Hellos, each of which carries a nonce that is used
 * once: a Proof can be neither replayed, nor reflected, nor moved to another handshake. The time allowed is the caller's to
 * bound.
 *
 * <p>Not safe for several threads.
 */
public final class Handshake {
    /** The only version there is. */
    public static final int VERSION = 1;

    /** A clock further ahead than this is wrong, and its epoch would outlive all later runs of the node. */
    static final Duration MOST_AHEAD = Duration.ofDays(1);

    private static final int NONCE_BYTES = 32;

    /** Which side of the handshake a node is on; its text goes into the proofs. */
    public enum Role {
        DIALLER,
        ACCEPTOR;

        Role other() {
            return this == DIALLER ? ACCEPTOR : DIALLER;
        }
    }

    private enum State {
        GREETING,
        PROVING,
        OVER
    }

    /** What is to be done next. */
    public sealed interface Step {}

    /** Send this, and wait for more. */
    public record Send(Bytes frame) implements Step {}

    /**
     * The peer has proved itself. The dialler's link is up; the acceptor sends its own proof, and its link is up with the first
     * frame that the dialler sends, which shows that it took the proof.
     *
     * @param peer who is at the other end
     * @param epoch of the peer's run
     * @param intent the dialler's
     * @param frameBytes the largest frame that the peer accepts
     * @param endpoint where the peer can be dialled, a URL without its host, or empty if it only dials out
     * @param transcript of this handshake: no other has the same
     * @param secondSocket whether both ends let a link have a second socket
     * @param joins the transcript of the link whose second socket this is to be; empty if it is a link of its own
     * @param frame to be sent first, or null
     */
    public record Admitted(
            NodeId peer,
            long epoch,
            Intent intent,
            int frameBytes,
            String endpoint,
            Bytes transcript,
            boolean secondSocket,
            Bytes joins,
            @Nullable Bytes frame)
            implements Step {}

    /**
     * Close with this code.
     *
     * @param reason for the log: what was found, and what would be right; it may quote what the peer said, unescaped
     * @param peer who it was, if that was proved
     */
    public record Refused(
            CloseCode code, String reason, @Nullable NodeId peer) implements Step {}

    private final Role role;
    private final LocalNode local;
    private final Function<Message.Handshake, byte[]> encoder;
    private final Hello hello;
    private final byte[] helloBytes;
    private State state = State.GREETING;
    private @Nullable Hello theirs;
    private byte[] transcript = new byte[0];

    private Handshake(
            Role role,
            LocalNode local,
            Intent intent,
            Bytes joins,
            SecureRandom random,
            Function<Message.Handshake, byte[]> encoder) {
        this.role = role;
        this.local = local;
        this.encoder = encoder;
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        this.hello = new Hello(
                List.of(VERSION),
                local.cluster(),
                local.key().publicKey(),
                local.epoch(),
                local.instance(),
                Bytes.wrap(nonce),
                local.frameBytes(),
                intent,
                local.endpoint(),
                local.secondSocket(),
                joins);
        this.helloBytes = encoder.apply(hello);
    }

    /** The side that dialled; {@link #greeting} is to be sent first. */
    public static Handshake dial(
            LocalNode local, Intent intent, SecureRandom random, Function<Message.Handshake, byte[]> encoder) {
        return new Handshake(Role.DIALLER, local, intent, Bytes.EMPTY, random, encoder);
    }

    /**
     * The side that dials a second socket for a link.
     *
     * @param transcript of the link's handshake
     */
    public static Handshake join(
            LocalNode local, Bytes transcript, SecureRandom random, Function<Message.Handshake, byte[]> encoder) {
        return new Handshake(Role.DIALLER, local, Intent.LOW, transcript, random, encoder);
    }

    /** The side that was dialled. */
    public static Handshake accept(LocalNode local, SecureRandom random, Function<Message.Handshake, byte[]> encoder) {
        return new Handshake(Role.ACCEPTOR, local, Intent.JOIN, Bytes.EMPTY, random, encoder);
    }

    /** The dialler's first frame. */
    public Bytes greeting() {
        if (role != Role.DIALLER) {
            throw new IllegalStateException("who was dialled speaks second");
        }
        return Bytes.wrap(helloBytes);
    }

    /**
     * A message has arrived.
     *
     * @param message decoded
     * @param bytes the frame it came in, to the last bit
     * @param wallMillis the local wall clock: the only thing that it decides is whether an epoch is beyond reason
     */
    public Step onMessage(Message.Handshake message, Bytes bytes, long wallMillis) {
        return switch (message) {
            case Hello received when state == State.GREETING -> onHello(received, bytes.toArray(), wallMillis);
            case Proof received when state == State.PROVING -> onProof(received);
            case Hello _, Proof _ -> refuse(CloseCode.MALFORMED, "a handshake message out of turn", null);
        };
    }

    /** Whether what this side, which was dialled, has heard is the greeting of that one. */
    public boolean hasHeard(Handshake dialler) {
        return dialler.hello.equals(theirs);
    }

    private Step onHello(Hello received, byte[] bytes, long wallMillis) {
        theirs = received;
        Refused refused = judge(received, wallMillis);
        if (refused != null) {
            return refused;
        }
        boolean dialler = role == Role.DIALLER;
        transcript = Proofs.transcript(dialler ? helloBytes : bytes, dialler ? bytes : helloBytes);
        state = State.PROVING;
        return new Send(Bytes.wrap(dialler ? encoder.apply(prove(local.keys().first())) : helloBytes));
    }

    private @Nullable Refused judge(Hello received, long wallMillis) {
        if (!received.versions().contains(VERSION)) {
            return refuse(
                    CloseCode.PROTOCOL_VERSION,
                    "it speaks versions " + received.versions() + ", this node version " + VERSION,
                    null);
        }
        if (!received.cluster().equals(local.cluster())) {
            return refuse(
                    CloseCode.WRONG_CLUSTER,
                    "it belongs to cluster '" + received.cluster() + "', this node to '" + local.cluster() + "'",
                    null);
        }
        if (isSelf(received)) {
            // This node's own endpoint refuses its own greeting, and sends none.
            return role == Role.ACCEPTOR
                    ? refuse(CloseCode.SELF, "it is this node itself", null)
                    : refuse(CloseCode.MALFORMED, "it sent this node's own greeting back", null);
        }
        if (received.epoch() > wallMillis + MOST_AHEAD.toMillis()) {
            long days = Duration.ofMillis(received.epoch() - wallMillis).toDays();
            return refuse(
                    CloseCode.UNAUTHENTICATED,
                    "its epoch is " + days + " days ahead of this node's clock: one of the two clocks is wrong",
                    null);
        }
        return null;
    }

    private boolean isSelf(Hello received) {
        return received.publicKey().equals(hello.publicKey())
                && received.epoch() == hello.epoch()
                && received.instance() == hello.instance();
    }

    private Step onProof(Proof received) {
        Hello claimed = theirs;
        if (claimed == null) {
            throw new IllegalStateException("a proof is judged by the greeting before it");
        }
        byte[] signed = Proofs.message(role.other(), transcript);
        if (!NodeKey.verify(claimed.publicKey(), signed, received.signature().toArray())) {
            return refuse(CloseCode.UNAUTHENTICATED, "it does not hold the key of the node that it claims to be", null);
        }
        NodeId peer = NodeKey.idOf(claimed.publicKey());
        ClusterKey shared = local.keys().matching(signed, received.mac().toArray());
        if (!local.keys().isEmpty() && shared == null) {
            return refuse(CloseCode.UNAUTHENTICATED, whatIsWrongWithTheKey(received), peer);
        }
        if (local.keys().isEmpty() && received.mac().length() > 0) {
            // It would refuse us: better that both ends say so than that the link is up on one of them for a moment.
            return refuse(
                    CloseCode.UNAUTHENTICATED,
                    "it has a cluster key, this node has none: give both the same mesh.key",
                    peer);
        }
        if (peer.equals(local.key().id())) {
            return refuse(CloseCode.IDENTITY_IN_USE, "another process runs with a copy of this node's key", peer);
        }
        if (!local.allowed().isEmpty() && !local.allowed().contains(peer)) {
            return refuse(CloseCode.UNAUTHENTICATED, "node " + peer + " is not among the allowed nodes", peer);
        }
        state = State.OVER;
        boolean dialler = role == Role.DIALLER;
        return new Admitted(
                peer,
                claimed.epoch(),
                dialler ? hello.intent() : claimed.intent(),
                claimed.frameBytes(),
                claimed.endpoint(),
                Bytes.wrap(transcript),
                local.secondSocket() && claimed.secondSocket(),
                dialler ? hello.joins() : claimed.joins(),
                dialler ? null : Bytes.wrap(encoder.apply(prove(shared))));
    }

    private static String whatIsWrongWithTheKey(Proof received) {
        return received.mac().length() == 0
                ? "it has no cluster key, this node has one: give both the same mesh.key"
                : "its cluster key is none of this node's: give both the same mesh.key";
    }

    private Proof prove(@Nullable ClusterKey key) {
        byte[] message = Proofs.message(role, transcript);
        Bytes mac = key == null ? Bytes.EMPTY : Bytes.wrap(key.mac(message));
        return new Proof(Bytes.wrap(local.key().sign(message)), mac);
    }

    private Refused refuse(CloseCode code, String reason, @Nullable NodeId peer) {
        state = State.OVER;
        return new Refused(code, reason, peer);
    }
}
