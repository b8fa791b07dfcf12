package dev.wsmesh;

import dev.wsmesh.identity.Handshake;
import dev.wsmesh.identity.NodeKey;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.seed.RawWebSocket;
import dev.wsmesh.wire.WireException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

/** Takes upgrades, or links, as a node does, and then says something else. */
final class OddPeer implements AutoCloseable {

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getByName("localhost"));
    private final NodeKey key = NodeKey.generate();
    private final boolean admits;
    private final Answer answer;
    /** When each dial was taken, in nanoseconds: not before it was made, and before it was answered. */
    private final List<Long> dialledAtNanos = new CopyOnWriteArrayList<>();

    /** What it says to who has greeted it, or is linked with it. */
    @FunctionalInterface
    interface Answer {
        void to(RawWebSocket peer) throws IOException;
    }

    private OddPeer(boolean admits, Answer answer) throws IOException {
        this.admits = admits;
        this.answer = answer;
        Thread.ofVirtual().start(this::accept);
    }

    static OddPeer saying(Answer answer) throws IOException {
        return new OddPeer(false, answer);
    }

    /** The same to who is linked with it and has sent a first frame; always as the same node. */
    static OddPeer linkedSaying(Answer answer) throws IOException {
        return new OddPeer(true, answer);
    }

    /** Refuses every greeting with this code. */
    static OddPeer refusing(CloseCode code) throws IOException {
        return saying(peer -> peer.sendClose(code.number()));
    }

    /** The accepting side of a handshake that ends well. */
    static void admit(RawWebSocket peer, NodeKey key) throws IOException {
        Handshake handshake = Handshake.accept(
                HostilePeer.local(key, System.currentTimeMillis()), new SecureRandom(), HostilePeer.CODEC::encode);
        for (int i = 0; i < 2; i++) {
            byte[] heard = Objects.requireNonNull(peer.readMessage()).payload();
            peer.send(RawWebSocket.BINARY, true, answer(handshake, heard).toArray());
        }
    }

    private static Bytes answer(Handshake handshake, byte[] heard) throws IOException {
        try {
            return switch (handshake.onMessage(
                    HostilePeer.CODEC.decode(heard), Bytes.wrap(heard), System.currentTimeMillis())) {
                case Handshake.Send send -> send.frame();
                case Handshake.Admitted admitted -> Objects.requireNonNull(admitted.frame());
                case Handshake.Refused refused -> throw new IOException(refused.reason());
            };
        } catch (WireException e) {
            throw new IOException(e);
        }
    }

    /** How often it was dialled. */
    int dials() {
        return dialledAtNanos.size();
    }

    /** The time between each dial and the next. */
    List<Duration> gaps() {
        List<Long> at = List.copyOf(dialledAtNanos);
        return IntStream.range(1, at.size())
                .mapToObj(i -> Duration.ofNanos(at.get(i) - at.get(i - 1)))
                .toList();
    }

    String url() {
        return "ws://localhost:" + server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                dialledAtNanos.add(System.nanoTime());
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // Closed: the test is over.
            Thread.currentThread().setName("ended by " + e.getMessage());
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            RawWebSocket.UpgradeRequest request = Objects.requireNonNull(RawWebSocket.readRequest(in));
            RawWebSocket peer = RawWebSocket.accept(socket, in, request, "Sec-WebSocket-Protocol: wsmesh.v1\r\n");
            if (admits) {
                admit(peer, key);
            }
            RawWebSocket.Frame _ = Objects.requireNonNull(peer.readMessage());
            answer.to(peer);
            while (peer.readMessage() != null) {
                // Until the other end has had enough.
            }
        } catch (IOException e) {
            Thread.currentThread().setName("ended by " + e.getMessage());
        }
    }
}
