package dev.wsmesh.seed;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket (RFC 6455) over a plain socket that does only what it is told: it answers no ping, echoes no Close and
 * sends any bytes as any frame. One thread reads, any thread writes.
 */
public final class RawWebSocket implements AutoCloseable {

    /** A frame as it stands on the wire. */
    public static final class Frame {
        private final int opcode;
        private final boolean last;
        private final byte[] payload;

        Frame(int opcode, boolean last, byte[] payload) {
            this.opcode = opcode;
            this.last = last;
            this.payload = payload;
        }

        /** Whether it ends a message. */
        public boolean last() {
            return last;
        }

        public int opcode() {
            return opcode;
        }

        public byte[] payload() {
            return payload;
        }

        /** The payload as text. */
        public String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        /** The code of a Close frame; 1005 where it has none. */
        public int closeCode() {
            return payload.length < 2 ? 1005 : ByteBuffer.wrap(payload).getShort() & 0xffff;
        }
    }

    /** A request for an upgrade, as it was received. */
    public record UpgradeRequest(String requestLine, Map<String, String> headers) {}

    public static final int CONTINUATION = 0;
    public static final int TEXT = 1;
    public static final int BINARY = 2;
    public static final int CLOSE = 8;
    public static final int PING = 9;
    public static final int PONG = 10;

    private static final String ACCEPT_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final byte[] MASK = {1, 2, 3, 4};
    private static final int MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final boolean masks;
    private final ByteArrayOutputStream fragments = new ByteArrayOutputStream();
    private int fragmentedOpcode;
    private Map<String, String> answerHeaders = Map.of();

    private RawWebSocket(Socket socket, DataInputStream in, boolean masks) throws IOException {
        this.socket = socket;
        this.in = in;
        this.out = socket.getOutputStream();
        this.masks = masks;
    }

    /** Dials and upgrades; fails with the status line if the answer is not 101. */
    public static RawWebSocket dial(String host, int port, String path, Map<String, String> headers)
            throws IOException {
        return upgrade(connect(host, port, 0), host + ":" + port, path, headers);
    }

    /** Dials with a receive buffer this small, so that the other side notices early that nobody reads. */
    public static RawWebSocket dialWithSmallBuffer(String host, int port, String path) throws IOException {
        return dialWithSmallBuffer(host, port, path, Map.of());
    }

    /** The same, with these headers. */
    public static RawWebSocket dialWithSmallBuffer(String host, int port, String path, Map<String, String> headers)
            throws IOException {
        return upgrade(connect(host, port, 4_096), host + ":" + port, path, headers);
    }

    private static Socket connect(String host, int port, int receiveBufferBytes) throws IOException {
        Socket socket = new Socket();
        if (receiveBufferBytes > 0) {
            socket.setReceiveBufferSize(receiveBufferBytes);
        }
        socket.connect(new InetSocketAddress(host, port), 5_000);
        socket.setTcpNoDelay(true);
        return socket;
    }

    private static RawWebSocket upgrade(Socket socket, String authority, String path, Map<String, String> headers)
            throws IOException {
        StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.1\r\n"
                + (headers.containsKey("Host") ? "" : "Host: " + authority + "\r\n")
                + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
        headers.forEach(
                (name, value) -> request.append(name).append(": ").append(value).append("\r\n"));
        socket.getOutputStream().write(request.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
        DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        UpgradeRequest answer = readHead(in);
        if (!answer.requestLine().startsWith("HTTP/1.1 101")) {
            socket.close();
            throw new IOException("not upgraded: " + answer.requestLine());
        }
        RawWebSocket dialled = new RawWebSocket(socket, in, true);
        dialled.answerHeaders = answer.headers();
        return dialled;
    }

    /** Reads the request for an upgrade from a socket that was accepted. */
    public static @Nullable UpgradeRequest readRequest(DataInputStream in) throws IOException {
        try {
            return readHead(in);
        } catch (EOFException e) {
            return null;
        }
    }

    /** Waits for who dials, and answers 101; whoever dials must send a request. */
    public static RawWebSocket accept(ServerSocket server) {
        try {
            Socket socket = server.accept();
            DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            return accept(socket, in, Objects.requireNonNull(readRequest(in)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Answers 101 to a request that was read, and accepts no subprotocol. */
    public static RawWebSocket accept(Socket socket, DataInputStream in, UpgradeRequest request) throws IOException {
        return accept(socket, in, request, "");
    }

    /** Answers 101 to a request that was read, and accepts the subprotocol that it offers. */
    public static RawWebSocket acceptAsNode(Socket socket, DataInputStream in, UpgradeRequest request)
            throws IOException {
        return accept(
                socket,
                in,
                request,
                "Sec-WebSocket-Protocol: " + request.headers().getOrDefault("sec-websocket-protocol", "") + "\r\n");
    }

    /** Answers 101 with more header lines, each with its end. */
    public static RawWebSocket accept(Socket socket, DataInputStream in, UpgradeRequest request, String headers)
            throws IOException {
        String key = request.headers().getOrDefault("sec-websocket-key", "");
        String answer = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Accept: " + acceptKey(key) + "\r\n" + headers + "\r\n";
        socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
        return new RawWebSocket(socket, in, false);
    }

    public void sendText(String text) throws IOException {
        send(TEXT, true, text.getBytes(StandardCharsets.UTF_8));
    }

    public void sendClose(int code) throws IOException {
        send(CLOSE, true, ByteBuffer.allocate(2).putShort((short) code).array());
    }

    public void sendClose(int code, String reason) throws IOException {
        byte[] words = reason.getBytes(StandardCharsets.UTF_8);
        send(
                CLOSE,
                true,
                ByteBuffer.allocate(2 + words.length)
                        .putShort((short) code)
                        .put(words)
                        .array());
    }

    public void send(int opcode, boolean last, byte[] payload) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream(payload.length + 14);
        frame.write((last ? 0x80 : 0) | opcode);
        int maskBit = masks ? 0x80 : 0;
        if (payload.length < 126) {
            frame.write(maskBit | payload.length);
        } else if (payload.length < 65_536) {
            frame.write(maskBit | 126);
            frame.write(payload.length >> 8);
            frame.write(payload.length);
        } else {
            frame.write(maskBit | 127);
            frame.write(ByteBuffer.allocate(8).putLong(payload.length).array());
        }
        byte[] body = payload;
        if (masks) {
            frame.write(MASK);
            body = masked(payload, MASK);
        }
        frame.write(body);
        synchronized (out) {
            frame.writeTo(out);
            out.flush();
        }
    }

    /** The next frame; null at the end of the stream. */
    public @Nullable Frame read() throws IOException {
        int first = in.read();
        if (first < 0) {
            return null;
        }
        int second = in.readUnsignedByte();
        long length = second & 0x7f;
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = in.readLong();
        }
        if (length < 0 || length > MAX_PAYLOAD_BYTES) {
            throw new IOException("a frame of " + length + " bytes");
        }
        byte[] mask = new byte[4];
        boolean isMasked = (second & 0x80) != 0;
        if (isMasked) {
            in.readFully(mask);
        }
        byte[] payload = new byte[(int) length];
        in.readFully(payload);
        return new Frame(first & 0x0f, (first & 0x80) != 0, isMasked ? masked(payload, mask) : payload);
    }

    /** The next control frame or whole message, its fragments put together; null at the end of the stream. */
    public @Nullable Frame readMessage() throws IOException {
        Frame frame = read();
        while (frame != null) {
            if (frame.opcode() >= CLOSE || (frame.opcode() != CONTINUATION && frame.last())) {
                return frame;
            }
            if (frame.opcode() != CONTINUATION) {
                fragmentedOpcode = frame.opcode();
                fragments.reset();
            }
            fragments.write(frame.payload());
            if (frame.last()) {
                return new Frame(fragmentedOpcode, true, fragments.toByteArray());
            }
            frame = read();
        }
        return null;
    }

    /** The headers of the answer to the upgrade, names in lower case. */
    public Map<String, String> answerHeaders() {
        return answerHeaders;
    }

    public int localPort() {
        return socket.getLocalPort();
    }

    /** Limits how long {@link #read} waits. */
    public void readTimeoutMillis(int millis) throws IOException {
        socket.setSoTimeout(millis);
    }

    /** Ends the TCP connection with a reset, as a killed process or a cut network would. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private static byte[] masked(byte[] payload, byte[] mask) {
        byte[] result = new byte[payload.length];
        for (int i = 0; i < payload.length; i++) {
            result[i] = (byte) (payload[i] ^ mask[i & 3]);
        }
        return result;
    }

    private static UpgradeRequest readHead(DataInputStream in) throws IOException {
        String first = readLine(in);
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(java.util.Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return new UpgradeRequest(first, headers);
    }

    private static String readLine(DataInputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException();
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1).strip();
    }

    private static String acceptKey(String key) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-1").digest((key + ACCEPT_GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
