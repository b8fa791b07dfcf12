package dev.wsmesh.gateway;

import dev.wsmesh.node.Landmark;
import dev.wsmesh.node.Resume;
import dev.wsmesh.node.StreamTag;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Map.Entry;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A place to go on from, as a text of at most 4 KiB that clients keep and bring back, to any node.
 *
 * <p>In base64url without padding: a byte with the version, a byte with flags, the age in milliseconds; the landmark (tag, number,
 * milliseconds) if there is one; tag and number of each stream, those that delivered last first; a CRC-32C. Numbers are varints,
 * tags have 6 bytes. The checksum finds what was cut off or mistyped; it keeps nobody from making a token, which is no right to
 * anything.
 */
public final class ResumeToken {

    /** A header line of 8 KiB is refused by many servers; half of it leaves room for others. */
    public static final int MAX_CHARACTERS = 4_096;

    private static final int MAX_BYTES = MAX_CHARACTERS / 4 * 3;
    private static final int VERSION = 1;
    private static final int HAS_LANDMARK = 1;
    private static final int INCOMPLETE = 2;
    private static final int CHECKSUM_BYTES = 4;
    private static final int MAX_VARINT_BYTES = 10;
    private static final int MAX_ENTRY_BYTES = StreamTag.BYTES + MAX_VARINT_BYTES;
    private static final long LONGEST_MILLIS = Duration.ofDays(365).toMillis();

    /** Of a version that this node does not know: what was missed since cannot be told. */
    private static final Resume UNREADABLE = new Resume(Map.of(), null, Duration.ZERO, false);

    private ResumeToken() {}

    /**
     * Writes a token.
     *
     * @param positions those that delivered last first; where there is no room, the last ones are left out, and the token says so
     */
    public static String encode(
            Iterable<Entry<StreamTag, Long>> positions, @Nullable Landmark landmark, Duration age, boolean complete) {
        ByteBuffer out = ByteBuffer.allocate(MAX_BYTES);
        out.put((byte) VERSION);
        out.put((byte) ((landmark == null ? 0 : HAS_LANDMARK) | (complete ? 0 : INCOMPLETE)));
        putVarint(out, Math.clamp(age.toMillis(), 0, LONGEST_MILLIS));
        if (landmark != null) {
            putTag(out, landmark.stream());
            putVarint(out, landmark.sequence());
            long millis = Math.clamp(landmark.after().toMillis(), -LONGEST_MILLIS, LONGEST_MILLIS);
            putVarint(out, millis << 1 ^ millis >> 63);
        }
        for (Entry<StreamTag, Long> position : positions) {
            if (out.remaining() < MAX_ENTRY_BYTES + CHECKSUM_BYTES) {
                out.put(1, (byte) (out.get(1) | INCOMPLETE));
                break;
            }
            putTag(out, position.getKey());
            putVarint(out, position.getValue());
        }
        out.putInt(checksum(out.array(), out.position()));
        byte[] bytes = Arrays.copyOf(out.array(), out.position());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /**
     * Reads a token.
     *
     * @throws IllegalArgumentException if it is none, or not whole
     */
    public static Resume decode(String text) {
        if (text.length() > MAX_CHARACTERS) {
            throw new IllegalArgumentException(
                    "a resume token has at most " + MAX_CHARACTERS + " characters, not " + text.length());
        }
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(text);
            int length = bytes.length - CHECKSUM_BYTES;
            if (length < 2 || ByteBuffer.wrap(bytes).getInt(length) != checksum(bytes, length)) {
                throw new IllegalArgumentException("the resume token is not whole");
            }
            return read(ByteBuffer.wrap(bytes, 0, length));
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("the resume token is not whole", e);
        }
    }

    private static Resume read(ByteBuffer in) {
        if (in.get() != VERSION) {
            return UNREADABLE;
        }
        int flags = in.get();
        Duration age = Duration.ofMillis(Math.clamp(varint(in), 0, LONGEST_MILLIS));
        Landmark landmark = (flags & HAS_LANDMARK) == 0 ? null : landmark(in);
        Map<StreamTag, Long> positions = new LinkedHashMap<>();
        while (in.hasRemaining()) {
            StreamTag tag = tag(in);
            positions.put(tag, sequence(in));
        }
        return new Resume(positions, landmark, age, (flags & INCOMPLETE) == 0);
    }

    private static Landmark landmark(ByteBuffer in) {
        StreamTag tag = tag(in);
        long sequence = sequence(in);
        long millis = varint(in);
        long after = Math.clamp(millis >>> 1 ^ -(millis & 1), -LONGEST_MILLIS, LONGEST_MILLIS);
        return new Landmark(tag, sequence, Duration.ofMillis(after));
    }

    /** As large as anything that is counted, and small enough to be counted on from. */
    private static long sequence(ByteBuffer in) {
        return Math.clamp(varint(in), 0, Long.MAX_VALUE / 2);
    }

    private static void putTag(ByteBuffer out, StreamTag tag) {
        out.putShort((short) (tag.bits() >>> 32)).putInt((int) tag.bits());
    }

    private static StreamTag tag(ByteBuffer in) {
        long high = in.getShort() & 0xffffL;
        return new StreamTag((high << 32) | (in.getInt() & 0xffffffffL));
    }

    private static void putVarint(ByteBuffer out, long value) {
        long left = value;
        while ((left & ~0x7fL) != 0) {
            out.put((byte) ((left & 0x7f) | 0x80));
            left >>>= 7;
        }
        out.put((byte) left);
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = in.get();
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("the resume token has a number that is none");
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, length);
        return (int) checksum.getValue();
    }
}
