package dev.wsmesh.protocol;

/**
 * What a node accepts in one frame and in one record; enforced while decoding. Only {@code frameBytes} is advertised in the
 * handshake, the others are constants of the protocol's first version.
 */
public record Limits(
        int frameBytes,
        int messagesPerFrame,
        int recordsPerFrame,
        int headersPerRecord,
        int headerBytes,
        int contentTypeBytes,
        int contactsPerMessage,
        int digestEntriesPerFrame,
        int handshakeBytes) {
    /** Guesses, all of them, but for the handshake's 4 KiB and the frame's 1 MiB, which the protocol prescribes. */
    public static final Limits DEFAULT = new Limits(1 << 20, 32_768, 16_384, 64, 8_192, 255, 32, 16_384, 4_096);

    /** A frame is filled up to about this many bytes; a larger record has a frame of its own. */
    public static final int FRAME_TARGET_BYTES = 64 << 10;

    /** Room that a record's frame needs for everything but the record. */
    public static final int FRAME_OVERHEAD_BYTES = 256;

    /** No sequence number and no epoch is higher, so that adding to one never runs over. */
    public static final long MOST_NUMBER = (1L << 62) - 1;

    /** The same with another bound on frames. */
    public Limits withFrameBytes(int bytes) {
        return new Limits(
                bytes,
                messagesPerFrame,
                recordsPerFrame,
                headersPerRecord,
                headerBytes,
                contentTypeBytes,
                contactsPerMessage,
                digestEntriesPerFrame,
                handshakeBytes);
    }

    public int recordBytes() {
        return frameBytes - FRAME_OVERHEAD_BYTES;
    }
}
