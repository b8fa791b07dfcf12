package dev.wsmesh.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.identity.ClusterKeys;
import dev.wsmesh.identity.Handshake;
import dev.wsmesh.identity.LocalNode;
import dev.wsmesh.identity.NodeKey;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Intent;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.Message;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.wire.FrameEncoder;
import dev.wsmesh.wire.HandshakeCodec;
import dev.wsmesh.wire.WireException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.Set;
import org.springframework.web.socket.CloseStatus;

/** A node that dials this one. */
final class Stranger {

    private static final int FRAME_BYTES = 1 << 20;
    private static final HandshakeCodec CODEC = new HandshakeCodec(Limits.DEFAULT);
    private static final SecureRandom random = new SecureRandom();

    final LocalNode node;
    private final Handshake handshake;
    final PretendedSession session = new PretendedSession();
    final LinkSession link;

    Stranger(LinkRegistry registry) {
        this(registry, newNode());
    }

    Stranger(LinkRegistry registry, LocalNode node) {
        this.node = node;
        handshake = Handshake.dial(node, Intent.JOIN, random, CODEC::encode);
        link = Objects.requireNonNull(registry.accepted(session, "a stranger"));
    }

    NodeId id() {
        return node.key().id();
    }

    /** Goes so far that the next thing it says makes a link of it. */
    void prove() throws Exception {
        introduceItself();
        assertThat(heard(handshake, session)).isInstanceOf(Handshake.Admitted.class);
    }

    /** Says who it is, and that it is. */
    void introduceItself() throws Exception {
        link.receiveBinary(ByteBuffer.wrap(handshake.greeting().toArray()), true);
        link.receiveBinary(answer(handshake, session), true);
    }

    void say() {
        say(new Message.Ping(1));
    }

    /** Says this, which names no stream. */
    void say(Message message) {
        byte[] frame = new FrameEncoder(FRAME_BYTES).encode(Frame.of(message));
        link.receiveBinary(ByteBuffer.wrap(frame), true);
    }

    void vanish() {
        session.vanish();
        link.closed(CloseStatus.NO_CLOSE_FRAME);
    }

    /** The other end of a dial. */
    static Handshake accepting() {
        return accepting(newNode());
    }

    static Handshake accepting(LocalNode node) {
        return Handshake.accept(node, random, CODEC::encode);
    }

    /** Dials a second socket for the link with this transcript. */
    static Handshake joining(LocalNode node, Bytes transcript) {
        return Handshake.join(node, transcript, random, CODEC::encode);
    }

    /** What the peer says to what the node has just said. */
    static ByteBuffer answer(Handshake peer, PretendedSession session) throws Exception {
        return ByteBuffer.wrap(
                switch (heard(peer, session)) {
                    case Handshake.Send send -> send.frame().toArray();
                    case Handshake.Admitted admitted ->
                        Objects.requireNonNull(admitted.frame()).toArray();
                    case Handshake.Refused refused -> throw new AssertionError(refused);
                });
    }

    static Handshake.Step heard(Handshake peer, PretendedSession session) throws InterruptedException, WireException {
        byte[] message = session.takeWritten();
        return peer.onMessage(CODEC.decode(message), Bytes.wrap(message), System.currentTimeMillis());
    }

    static LocalNode newNode() {
        return newNode(false);
    }

    static LocalNode newNode(boolean secondSocket) {
        return new LocalNode(
                NodeKey.generate(),
                ClusterKeys.NONE,
                "",
                Set.of(),
                System.currentTimeMillis(),
                random.nextLong(),
                FRAME_BYTES,
                "",
                secondSocket);
    }

    /** The same node in a run with this epoch. */
    static LocalNode as(LocalNode node, long epoch, boolean secondSocket) {
        return new LocalNode(
                node.key(),
                node.keys(),
                node.cluster(),
                node.allowed(),
                epoch,
                node.instance(),
                node.frameBytes(),
                node.endpoint(),
                secondSocket);
    }
}
