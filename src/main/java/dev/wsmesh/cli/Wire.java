package dev.wsmesh.cli;

import dev.wsmesh.protocol.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/** The few frames of WebSocket (RFC 6455, section 5) that a handshake needs, on a connection that has been upgraded. */
final class Wire {

    /** A handshake's messages have 4 KiB at most, and what a peer says else is only looked at. */
    private static final int MOST_BYTES = 1 << 20;

    private static final int CONTINUATION = 0;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final int NO_CODE = 1005;
    private static final int FINAL = 0x80;
    private static final int MASKED = 0x80;

    private final DataInputStream in;
    private final OutputStream out;
    private final SecureRandom random = new SecureRandom();

    /** What the peer says. */
    sealed interface Said {}

    /** A whole binary message. */
    record Binary(Bytes bytes) implements Said {}

    /** A whole text. */
    record Text(String text) implements Said {}

    /** The end, by a Close. */
    record Closed(int code, String reason) implements Said {}

    Wire(InputStream in, OutputStream out) {
        this.in = new DataInputStream(in);
        this.out = out;
    }

    void send(byte[] message) throws IOException {
        write(BINARY, message);
    }

    void close(int code) throws IOException {
        write(CLOSE, ByteBuffer.allocate(2).putShort((short) code).array());
    }

    /** What comes next; pings are answered on the way. */
    Said read() throws IOException {
        ByteArrayOutputStream parts = new ByteArrayOutputStream();
        int kind = CONTINUATION;
        while (true) {
            int first = byteOrEnd();
            byte[] payload = payload();
            int opcode = first & 0x0f;
            switch (opcode) {
                case CLOSE -> {
                    return closed(payload);
                }
                case PING -> write(PONG, payload);
                case PONG -> {
                    // Nobody asked, and nobody minds.
                }
                default -> {
                    kind = opcode == CONTINUATION ? kind : opcode;
                    parts.writeBytes(payload);
                    if (parts.size() > MOST_BYTES) {
                        throw new IOException("it sends more than a handshake has");
                    }
                    if ((first & FINAL) != 0) {
                        return kind == TEXT
                                ? new Text(parts.toString(StandardCharsets.UTF_8))
                                : new Binary(Bytes.wrap(parts.toByteArray()));
                    }
                }
            }
        }
    }

    private int byteOrEnd() throws IOException {
        int next = in.read();
        if (next < 0) {
            throw new EOFException("closed without a word");
        }
        return next;
    }

    private byte[] payload() throws IOException {
        int second = in.readUnsignedByte();
        long length = second & 0x7f;
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = in.readLong();
        }
        if ((second & MASKED) != 0 || length < 0 || length > MOST_BYTES) {
            throw new IOException("a frame that no server sends here");
        }
        byte[] payload = new byte[(int) length];
        in.readFully(payload);
        return payload;
    }

    private static Closed closed(byte[] payload) {
        return payload.length < 2
                ? new Closed(NO_CODE, "")
                : new Closed(
                        ByteBuffer.wrap(payload).getShort() & 0xffff,
                        new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8));
    }

    /** Clients mask what they send. */
    private void write(int opcode, byte[] payload) throws IOException {
        byte[] mask = new byte[4];
        random.nextBytes(mask);
        ByteArrayOutputStream frame = new ByteArrayOutputStream(payload.length + 8);
        frame.write(FINAL | opcode);
        if (payload.length < 126) {
            frame.write(MASKED | payload.length);
        } else {
            frame.write(MASKED | 126);
            frame.write(payload.length >> 8);
            frame.write(payload.length);
        }
        frame.writeBytes(mask);
        for (int i = 0; i < payload.length; i++) {
            frame.write(payload[i] ^ mask[i & 3]);
        }
        frame.writeTo(out);
        out.flush();
    }
}
