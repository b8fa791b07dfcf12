package dev.wsmesh;

import dev.wsmesh.identity.ClusterKeys;
import dev.wsmesh.identity.Handshake;
import dev.wsmesh.identity.LocalNode;
import dev.wsmesh.identity.NodeKey;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Intent;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.Message;
import dev.wsmesh.seed.RawWebSocket;
import dev.wsmesh.wire.FrameDecoder;
import dev.wsmesh.wire.FrameEncoder;
import dev.wsmesh.wire.HandshakeCodec;
import dev.wsmesh.wire.WireException;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A dialler that knows the protocol and does what it likes with it. */
final class HostilePeer implements AutoCloseable {

    static final HandshakeCodec CODEC = new HandshakeCodec(Limits.DEFAULT);

    private static final int FRAME_BYTES = 1 << 20;
    private static final Map<String, String> OFFER = Map.of("Sec-WebSocket-Protocol", "wsmesh.v1");
    private static final SecureRandom random = new SecureRandom();

    private final RawWebSocket socket;
    private final FrameEncoder encoder = new FrameEncoder(FRAME_BYTES);
    private final FrameDecoder decoder = new FrameDecoder(Limits.DEFAULT.withFrameBytes(4 << 20));
    /** What each end said in the handshake. */
    private final List<byte[]> said = new ArrayList<>();

    private final List<byte[]> heard = new ArrayList<>();

    private HostilePeer(RawWebSocket socket) {
        this.socket = socket;
    }

    /** Upgrades, and has said nothing yet. */
    static HostilePeer dial(int port) throws IOException {
        return over(RawWebSocket.dial("localhost", port, "/", OFFER));
    }

    private static HostilePeer over(RawWebSocket socket) throws IOException {
        socket.readTimeoutMillis((int) TestNode.PATIENCE.toMillis());
        return new HostilePeer(socket);
    }

    /** Upgrades, and is admitted. */
    static HostilePeer link(int port, NodeKey key, long epoch) throws IOException {
        return admitted(dial(port), key, epoch);
    }

    /** The same with a receive buffer so small that the node soon notices when nobody reads. */
    static HostilePeer linkWithSmallBuffer(int port) throws IOException {
        HostilePeer peer = over(RawWebSocket.dialWithSmallBuffer("localhost", port, "/", OFFER));
        return admitted(peer, NodeKey.generate(), System.currentTimeMillis());
    }

    private static HostilePeer admitted(HostilePeer peer, NodeKey key, long epoch) throws IOException {
        Handshake handshake = Handshake.dial(local(key, epoch), Intent.LOW, random, CODEC::encode);
        peer.sendBytes(handshake.greeting().toArray());
        try {
            Handshake.Step step = handshake.onMessage(
                    CODEC.decode(peer.hear()), Bytes.wrap(peer.heard.getLast()), System.currentTimeMillis());
            peer.sendBytes(((Handshake.Send) step).frame().toArray());
            step = handshake.onMessage(
                    CODEC.decode(peer.hear()), Bytes.wrap(peer.heard.getLast()), System.currentTimeMillis());
            if (!(step instanceof Handshake.Admitted)) {
                throw new IOException("not admitted: " + step);
            }
        } catch (WireException e) {
            throw new IOException(e);
        }
        return peer;
    }

    static HostilePeer link(int port) throws IOException {
        return link(port, NodeKey.generate(), System.currentTimeMillis());
    }

    static LocalNode local(NodeKey key, long epoch) {
        return new LocalNode(key, ClusterKeys.NONE, "", Set.of(), epoch, random.nextLong(), FRAME_BYTES, "");
    }

    /** A greeting of this node, as bytes. */
    static byte[] greeting(NodeKey key) {
        return Handshake.dial(local(key, System.currentTimeMillis()), Intent.LOW, random, CODEC::encode)
                .greeting()
                .toArray();
    }

    List<byte[]> said() {
        return said;
    }

    List<byte[]> heard() {
        return heard;
    }

    RawWebSocket socket() {
        return socket;
    }

    void sendBytes(byte[] bytes) throws IOException {
        said.add(bytes);
        socket.send(RawWebSocket.BINARY, true, bytes);
    }

    void send(Message... messages) throws IOException {
        socket.send(RawWebSocket.BINARY, true, encoder.encode(Frame.of(messages)));
    }

    void send(Frame frame) throws IOException {
        socket.send(RawWebSocket.BINARY, true, encoder.encode(frame));
    }

    /** The next binary message. */
    byte[] hear() throws IOException {
        RawWebSocket.Frame frame = socket.readMessage();
        if (frame == null || frame.opcode() != RawWebSocket.BINARY) {
            throw new IOException(frame == null ? "the end" : "closed with " + frame.closeCode());
        }
        heard.add(frame.payload());
        return frame.payload();
    }

    /** The next binary message, once admitted. */
    Frame hearFrame() throws IOException, WireException {
        return decoder.decode(hear());
    }

    /** With which code the node closes; reads past everything else. */
    int closeCode() throws IOException {
        for (RawWebSocket.Frame frame = socket.readMessage(); frame != null; frame = socket.readMessage()) {
            if (frame.opcode() == RawWebSocket.CLOSE) {
                return frame.closeCode();
            }
        }
        return 1006;
    }

    /** Whether the node still answers on this link; if not, with which code it closed. */
    @Nullable
    Integer closedOrNull() throws IOException, WireException {
        try {
            send(new Message.Ping(4711));
        } catch (IOException e) {
            return closeCode();
        }
        for (RawWebSocket.Frame frame = socket.readMessage(); frame != null; frame = socket.readMessage()) {
            if (frame.opcode() == RawWebSocket.CLOSE) {
                return frame.closeCode();
            }
            if (decoder.decode(frame.payload()).messages().contains(new Message.Pong(4711))) {
                return null;
            }
        }
        return 1006;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
