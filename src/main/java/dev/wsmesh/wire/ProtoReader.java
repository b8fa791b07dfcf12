package dev.wsmesh.wire;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.RecordHead;
import dev.wsmesh.protocol.Records;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of one protobuf message. Every length is held against the bytes that are left, and against its
 * limit, before anything is allocated. Owned by whoever decodes the frame.
 */
final class ProtoReader {
    private static final int LAST_VARINT_SHIFT = 63;

    private final Bytes source;
    private int end;
    private int position;

    ProtoReader(byte[] array) {
        this(Bytes.wrap(array));
    }

    ProtoReader(Bytes source) {
        this(source, 0, source.length());
    }

    private ProtoReader(Bytes source, int position, int end) {
        this.source = source;
        this.position = position;
        this.end = end;
    }

    boolean hasMore() {
        return position < end;
    }

    /** Where the next byte is; for {@link #since} and {@link #between}. */
    int position() {
        return position;
    }

    /** What was read since it stood there; a slice of what is read, not a copy. */
    Bytes since(int from) {
        return between(from, position);
    }

    /** Records that were read, by what they begin with and where their bodies stood; slices of what is read, not copies. */
    Records slices(@Nullable RecordHead[] heads, int[] offsets, int[] lengths, int count, boolean alike) {
        return Records.slices(source, heads, offsets, lengths, count, alike);
    }

    /** What was read between two places; a slice of what is read, not a copy. */
    Bytes between(int from, int to) {
        return source.slice(from, to - from);
    }

    /** From now on nothing but the message of so many bytes that follows, until {@link #leave} is given what this returns. */
    int enter(int length) {
        int outer = end;
        end = position + length;
        return outer;
    }

    /** Goes on behind a message that was read to its end. */
    void leave(int outer) {
        end = outer;
    }

    /** Field number and wire type together, see {@link Tag}. */
    int tag() throws WireException {
        long tag = varint();
        if (tag >>> Integer.SIZE != 0 || tag >>> Tag.NUMBER == 0) {
            throw WireException.malformed(Violation.INVALID_TAG);
        }
        return (int) tag;
    }

    /** All 64 bits. Longer forms of small numbers are accepted: writers that reserve room for a length produce them. */
    long varint() throws WireException {
        long value = 0;
        for (int shift = 0; shift <= LAST_VARINT_SHIFT; shift += 7) {
            byte next = nextByte();
            if (shift == LAST_VARINT_SHIFT && (next & ~1) != 0) {
                break;
            }
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw WireException.malformed(Violation.VARINT_TOO_LONG);
    }

    /** A varint between the two, both included and neither negative. */
    long number(long least, long most) throws WireException {
        return inRange(varint(), least, most);
    }

    static long inRange(long value, long least, long most) throws WireException {
        if (value < 0 || value > most) {
            throw WireException.beyond(Violation.NUMBER_RANGE, most, value < 0 ? Long.MAX_VALUE : value);
        }
        if (value < least) {
            throw WireException.beyond(Violation.NUMBER_RANGE, least, value);
        }
        return value;
    }

    boolean bool() throws WireException {
        return varint() != 0;
    }

    long fixed64() throws WireException {
        require(Long.BYTES);
        long value = 0;
        for (int i = Long.BYTES - 1; i >= 0; i--) {
            value = value << Byte.SIZE | (source.at(position + i) & 0xff);
        }
        position += Long.BYTES;
        return value;
    }

    /** The length of the bytes, text or message that follows; so many bytes are there. */
    int length() throws WireException {
        long length = varint();
        if (length < 0 || length > end - position) {
            throw WireException.malformed(Violation.TRUNCATED);
        }
        return (int) length;
    }

    ProtoReader message() throws WireException {
        int length = length();
        position += length;
        return new ProtoReader(source, position - length, position);
    }

    /** A slice of what is read, not a copy. */
    Bytes bytes() throws WireException {
        int length = length();
        position += length;
        return source.slice(position - length, length);
    }

    byte[] exactly(int expected) throws WireException {
        int length = length();
        if (length != expected) {
            throw WireException.beyond(Violation.FIXED_LENGTH, expected, length);
        }
        position += length;
        return source.slice(position - length, length).toArray();
    }

    String text(int mostBytes, Violation violation) throws WireException {
        int length = length();
        WireException.refuseAbove(mostBytes, length, violation);
        return text(length);
    }

    /** The text whose {@link #length} was read and found acceptable. */
    String text(int length) throws WireException {
        int from = position;
        position += length;
        return isAscii(from, length)
                ? new String(source.slice(from, length).toArray(), StandardCharsets.ISO_8859_1)
                : decodeUtf8(from, length);
    }

    /** Passes over a text as {@link #text(int)} would read it. */
    void passText(int length) throws WireException {
        int from = position;
        position += length;
        if (!isAscii(from, length)) {
            String _ = decodeUtf8(from, length);
        }
    }

    /** What the record that comes next, to the end, begins with, which is passed over; null if that is not known. */
    KnownBeginnings.@Nullable Beginning passBeginning(KnownBeginnings beginnings) {
        KnownBeginnings.Beginning known = beginnings.find(source, position, end);
        if (known != null) {
            position += known.head().bytes().length();
        }
        return known;
    }

    /** Passes over what comes next, to the end, if it is the body of a plain record; whether it is one. */
    boolean passPlain(PlainRecord plain) {
        boolean passed = plain.readBody(source, position, end);
        if (passed) {
            position = end;
        }
        return passed;
    }

    /** Whether there is more, and it begins with this byte. */
    boolean comesNext(int first) {
        return position < end && source.at(position) == first;
    }

    /** Reads once more from there on. */
    void goBackTo(int earlier) {
        position = earlier;
    }

    private boolean isAscii(int from, int length) {
        for (int i = from; i < from + length; i++) {
            if (source.at(i) < 0) {
                return false;
            }
        }
        return true;
    }

    private String decodeUtf8(int from, int length) throws WireException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(source.slice(from, length).toArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw WireException.malformed(Violation.INVALID_UTF8);
        }
    }

    /** Passes over a field that this version does not know. */
    void skip(int tag) throws WireException {
        switch (tag & Tag.TYPE_MASK) {
            case Tag.VARINT -> varint();
            case Tag.FIXED64 -> pass(Long.BYTES);
            case Tag.LENGTH -> pass(length());
            case Tag.FIXED32 -> pass(Integer.BYTES);
            case Tag.GROUP_START, Tag.GROUP_END -> throw WireException.malformed(Violation.GROUP);
            default -> throw WireException.malformed(Violation.INVALID_TAG);
        }
    }

    private void pass(int count) throws WireException {
        require(count);
        position += count;
    }

    private byte nextByte() throws WireException {
        require(1);
        return source.at(position++);
    }

    private void require(int count) throws WireException {
        if (count > end - position) {
            throw WireException.malformed(Violation.TRUNCATED);
        }
    }
}
