package dev.wsmesh.gateway.stomp;

import dev.wsmesh.seed.RawWebSocket;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A STOMP client over a raw WebSocket that does only what it is told: it reads and beats when it is asked to, or never. */
public final class RawStomp implements AutoCloseable {

    /** What the node sends. */
    public record Frame(String command, Map<String, String> headers, String body) {}

    private final RawWebSocket socket;

    private RawStomp(RawWebSocket socket) {
        this.socket = socket;
    }

    /** Connects, with the header heart-beat as it is given. */
    public static RawStomp connect(RawWebSocket socket, String heartBeat) throws IOException {
        RawStomp client = new RawStomp(socket);
        client.send("CONNECT\naccept-version:1.2\nhost:mesh\nheart-beat:" + heartBeat + "\n\n");
        client.require("CONNECTED");
        return client;
    }

    /** Subscribes, and returns when the receipt has come; nothing may be published meanwhile. */
    public RawStomp subscribe(String id, String destination) throws IOException {
        send("SUBSCRIBE\nid:" + id + "\ndestination:" + destination + "\nreceipt:" + id + "\n\n");
        require("RECEIPT");
        return this;
    }

    /** Subscribes behind a position, or from now on if it is empty; a receipt comes among the rest. */
    public RawStomp resume(String id, String destination, String position) throws IOException {
        send("SUBSCRIBE\nid:" + id + "\ndestination:" + destination + "\n"
                + (position.isEmpty() ? "" : MeshBroker.RESUME_HEADER + ":" + position + "\n") + "receipt:" + id
                + "\n\n");
        return this;
    }

    /** Sends these lines as one frame. */
    public void send(String lines) throws IOException {
        socket.sendText(lines + "\0");
    }

    public void beat() throws IOException {
        socket.sendText("\n");
    }

    /** The next frame that is no heart-beat; null once the node has closed the session. */
    public @Nullable Frame read() throws IOException {
        for (RawWebSocket.Frame next = socket.readMessage(); next != null; next = socket.readMessage()) {
            if (next.opcode() == RawWebSocket.CLOSE) {
                return null;
            }
            String text = next.text().stripLeading();
            if (!text.isEmpty()) {
                return parse(text);
            }
        }
        return null;
    }

    private void require(String command) throws IOException {
        Frame frame = read();
        if (frame == null || !frame.command().equals(command)) {
            throw new IOException("instead of " + command + ": " + frame);
        }
    }

    private static Frame parse(String text) {
        int end = text.indexOf("\n\n");
        String[] lines = text.substring(0, end).split("\n", -1);
        Map<String, String> headers = new LinkedHashMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            headers.put(lines[i].substring(0, colon), lines[i].substring(colon + 1));
        }
        return new Frame(lines[0], headers, text.substring(end + 2, text.lastIndexOf('\0')));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
