package dev.wsmesh.wire;

import dev.wsmesh.protocol.Bytes;
import java.util.Arrays;
import java.util.HexFormat;

/** Bytes that no encoder of ours would write. */
final class Raw {
    private Raw() {}

    static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    /** A field of bytes, text or a message. */
    static byte[] field(int number, byte[]... parts) {
        byte[] body = join(parts);
        ProtoWriter out = new ProtoWriter(16);
        out.element(number << Tag.NUMBER | Tag.LENGTH, Bytes.wrap(body));
        return out.toArray();
    }

    static byte[] field(int number, long value) {
        ProtoWriter out = new ProtoWriter(16);
        out.presentVarint(number << Tag.NUMBER | Tag.VARINT, value);
        return out.toArray();
    }

    static byte[] times(int count, byte[] part) {
        byte[][] parts = new byte[count][];
        Arrays.fill(parts, part);
        return join(parts);
    }

    static byte[] join(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        byte[] joined = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, joined, at, part.length);
            at += part.length;
        }
        return joined;
    }
}
