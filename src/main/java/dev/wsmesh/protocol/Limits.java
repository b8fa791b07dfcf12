package dev.wsmesh.protocol;

/**
 * What a node accepts in one frame and in one record; enforced while decoding. Only {@code frameBytes} is advertised in the
 * handshake, the others are constants of the protocol's first version.
 *
 * <p>Who goes beyond one is closed with {@link CloseCode#TOO_LARGE} where it is the size of a frame, a handshake or a record, else
 * with {@link CloseCode#MALFORMED}. A record of our own that goes beyond is refused before it is published.
 *
 * @param frameBytes bytes of a frame: {@link #FRAME_TARGET_BYTES} at least, or no peer takes the Hello; 16 KiB more than
 *     {@code mesh.limits.max-message-bytes} where a node is configured
 * @param messagesPerFrame messages in a frame, payload and unknown ones included
 * @param recordsPerFrame records of all Batches and Histories in a frame together
 * @param headersPerRecord headers of one record
 * @param headerBytes UTF-8 bytes of all names and values of the headers of one record together
 * @param contentTypeBytes UTF-8 bytes of a record's content type
 * @param contactsPerMessage contacts in one message about membership, the sender's own included
 * @param digestEntriesPerFrame Haves in a frame, whether a digest's or not
 * @param handshakeBytes bytes of a Hello's or a Proof's frame
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

    /**
     * A frame is filled up to about this many bytes; a larger record has a frame of its own. A guess of the protocol's page. No
     * Hello may advertise less.
     */
    public static final int FRAME_TARGET_BYTES = 64 << 10;

    /** Room that a record's frame needs for everything but the record; less than half of it is ever used. */
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

    /** Most bytes of an encoded record, topic and headers included: it has to fit into a frame. */
    public int recordBytes() {
        return frameBytes - FRAME_OVERHEAD_BYTES;
    }
}
