package dev.wsmesh;

import dev.wsmesh.seed.RawWebSocket;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** An HTTP proxy that knows CONNECT alone, and wants credentials if it was given some. */
final class TestProxy implements AutoCloseable {

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getByName("localhost"));
    private final List<RawWebSocket.UpgradeRequest> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final @Nullable String authorization;
    private final @Nullable String refusal;

    private TestProxy(@Nullable String authorization, @Nullable String refusal) throws IOException {
        this.authorization = authorization;
        this.refusal = refusal;
        Thread.ofVirtual().start(this::accept);
    }

    static TestProxy open() throws IOException {
        return new TestProxy(null, null);
    }

    /** Wants this value in {@code Proxy-Authorization}. */
    static TestProxy wanting(String authorization) throws IOException {
        return new TestProxy(authorization, null);
    }

    /** Answers everything with this status line. */
    static TestProxy refusing(String statusLine) throws IOException {
        return new TestProxy(null, statusLine);
    }

    int port() {
        return server.getLocalPort();
    }

    String url() {
        return "http://localhost:" + port();
    }

    List<RawWebSocket.UpgradeRequest> requests() {
        return requests;
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // Closed: the test is over.
            requests.forEach(Objects::requireNonNull);
        }
    }

    private void serve(Socket client) {
        try (client) {
            DataInputStream in = new DataInputStream(new BufferedInputStream(client.getInputStream()));
            RawWebSocket.UpgradeRequest request = Objects.requireNonNull(RawWebSocket.readRequest(in));
            requests.add(request);
            String given = request.headers().get("proxy-authorization");
            if (refusal != null) {
                answer(client, refusal);
            } else if (authorization != null && !authorization.equals(given)) {
                answer(
                        client,
                        "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"test\"");
            } else {
                tunnel(client, in, request.requestLine().split(" ", -1)[1]);
            }
        } catch (IOException e) {
            // One of the two ends is gone, and with it the way between them.
            sockets.remove(client);
        }
    }

    private void tunnel(Socket client, InputStream in, String authority) throws IOException {
        int colon = authority.lastIndexOf(':');
        String host = authority.substring(0, colon);
        // As a proxy in another network would, it knows a name that this machine does not.
        String address = host.endsWith(".mesh.test") ? "localhost" : host;
        try (Socket peer = new Socket(address, Integer.parseInt(authority.substring(colon + 1)))) {
            sockets.add(peer);
            answer(client, "HTTP/1.1 200 Connection established");
            Thread.ofVirtual().start(() -> copy(peer, client));
            in.transferTo(peer.getOutputStream());
        }
    }

    private static void copy(Socket from, Socket to) {
        try (from;
                to) {
            OutputStream out = to.getOutputStream();
            from.getInputStream().transferTo(out);
            out.flush();
        } catch (IOException e) {
            Thread.currentThread().setName("ended by " + e.getMessage());
        }
    }

    private static void answer(Socket client, String head) throws IOException {
        client.getOutputStream().write((head + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    }
}
