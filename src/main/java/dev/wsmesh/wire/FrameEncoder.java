package dev.wsmesh.wire;

import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.Message;
import java.nio.ByteBuffer;

/**
 * Frames to bytes, for one direction of one admitted link: it remembers the streams that it has named. The bytes have
 * to be sent in the order in which they were encoded, all of them.
 *
 * <p>Not safe for several threads: it belongs to the link's writer. Once it has thrown, the link has to be closed.
 */
public final class FrameEncoder {
    /** For each message but Batches; a guess, and only about speed. */
    private static final int USUAL_CONTROL_BYTES = 48;

    private static final byte[] NONE = {};

    /** Where less of it was needed, the memory for a frame is not kept. A guess. */
    private static final int LEAST_USED_PART = 4;

    /** So many such frames in a row are those of an idle link. A guess: between large ones are some of control alone. */
    private static final int MOST_LITTLE_USED = 8;

    private final int frameBytes;
    private byte[] kept = NONE;
    private int littleUsed;
    private final OutgoingAliases aliases = new OutgoingAliases();
    private final ControlWriter control = new ControlWriter(aliases);

    /**
     * An encoder of frames that the peer accepts.
     *
     * @param frameBytes most bytes of one, as the peer's Hello advertised
     */
    public FrameEncoder(int frameBytes) {
        this.frameBytes = frameBytes;
    }

    /**
     * The frame in an array of its own and of its exact size, which the caller may keep. Control is written before
     * payload, whatever the order in the frame; otherwise the order stays.
     *
     * @throws IllegalArgumentException if the frame holds a handshake message, more than 32,768 messages, or is
     *     larger than the peer accepts: whoever filled it has a fault
     */
    public byte[] encode(Frame frame) {
        ProtoWriter out = new ProtoWriter(usualControlBytes(frame));
        write(frame, out);
        return out.toArray();
    }

    /**
     * The same in memory that the next call writes over: a busy link makes thousands of large frames in a second. It is given back
     * once some frames one after the other need little of it.
     */
    public ByteBuffer encodeForNow(Frame frame) {
        ProtoWriter out = new ProtoWriter(kept);
        write(frame, out);
        byte[] array = out.array();
        int length = out.length();
        littleUsed = length < array.length / LEAST_USED_PART ? littleUsed + 1 : 0;
        kept = array.length <= Limits.FRAME_TARGET_BYTES && littleUsed < MOST_LITTLE_USED ? array : NONE;
        return ByteBuffer.wrap(array, 0, length);
    }

    private void write(Frame frame, ProtoWriter out) {
        if (frame.messages().size() > IncomingAliases.CAPACITY) {
            throw new IllegalArgumentException(
                    "too many messages in a frame: " + frame.messages().size());
        }
        writeAliases(out, frame);
        for (Message message : frame.messages()) {
            writeControl(out, message);
        }
        out.expect(payloadBytes(frame));
        for (Message message : frame.messages()) {
            switch (message) {
                case Message.Batch batch -> BatchCodec.write(out, aliases.of(batch.stream()), batch);
                case Message.History history -> BatchCodec.write(out, aliases.of(history.stream()), history);
                default -> {}
            }
        }
        if (out.length() > frameBytes) {
            throw new IllegalArgumentException("a frame of " + out.length() + " bytes; the peer accepts " + frameBytes);
        }
    }

    /** Names come first, so that a reader knows them when it needs them. */
    private void writeAliases(ProtoWriter out, Frame frame) {
        aliases.beginFrame(frame.messages().size());
        for (Message message : frame.messages()) {
            switch (message) {
                case Message.Have have -> aliases.define(have.stream(), out);
                case Message.Graft graft -> aliases.define(graft.stream(), out);
                case Message.Prune prune -> aliases.define(prune.stream(), out);
                case Message.Miss miss -> aliases.define(miss.stream(), out);
                case Message.Batch batch -> aliases.define(batch.stream(), out);
                case Message.Backfill backfill -> aliases.define(backfill.stream(), out);
                case Message.History history -> aliases.define(history.stream(), out);
                case Message.DigestComplete _, Message.Leave _ -> {}
                case Message.Membership _, Message.Liveness _, Message.Handshake _ -> {}
            }
        }
    }

    private void writeControl(ProtoWriter out, Message message) {
        if (isPayload(message)) {
            return;
        }
        int start = out.begin(FrameTag.CONTROL);
        switch (message) {
            case Message.Broadcast broadcast -> control.write(out, broadcast);
            case Message.Membership membership -> control.write(out, membership);
            case Message.Liveness liveness -> control.write(out, liveness);
            case Message.Handshake _ -> throw new IllegalArgumentException("a handshake message on an admitted link");
        }
        out.end(start);
    }

    private static int usualControlBytes(Frame frame) {
        int bytes = 0;
        for (Message message : frame.messages()) {
            bytes += isPayload(message) ? 0 : USUAL_CONTROL_BYTES;
        }
        return bytes;
    }

    /** Exactly; payload is nearly all of a large frame, which shall be written once and never moved. */
    private int payloadBytes(Frame frame) {
        int bytes = 0;
        for (Message message : frame.messages()) {
            switch (message) {
                case Message.Batch batch ->
                    bytes = Math.addExact(bytes, BatchCodec.bytes(aliases.of(batch.stream()), batch));
                case Message.History history ->
                    bytes = Math.addExact(bytes, BatchCodec.bytes(aliases.of(history.stream()), history));
                default -> {}
            }
        }
        return bytes;
    }

    private static boolean isPayload(Message message) {
        return message instanceof Message.Batch || message instanceof Message.History;
    }
}
