package dev.wsmesh;

import dev.wsmesh.seed.RawWebSocket;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Objects;

/** Takes upgrades as a node does, and then says something else. */
final class OddPeer implements AutoCloseable {

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getByName("localhost"));
    private final Answer answer;

    /** What it says to who has greeted it. */
    @FunctionalInterface
    interface Answer {
        void to(RawWebSocket peer) throws IOException;
    }

    private OddPeer(Answer answer) throws IOException {
        this.answer = answer;
        Thread.ofVirtual().start(this::accept);
    }

    static OddPeer saying(Answer answer) throws IOException {
        return new OddPeer(answer);
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
