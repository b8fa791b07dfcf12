package dev.wsmesh.wire;

import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Message;

/**
 * Frames to bytes, for one direction of one admitted link: it remembers the streams that it has named. The bytes have
 * to be sent in the order in which they were encoded, all of them.
 *
 * <p>Not safe for several threads: it belongs to the link's writer. Once it has thrown, the link has to be closed.
 */
public final class FrameEncoder {
    /** For each message but Batches; a guess, and only about speed. */
    private static final int USUAL_CONTROL_BYTES = 48;

    private final int frameBytes;
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
        if (frame.messages().size() > IncomingAliases.CAPACITY) {
            throw new IllegalArgumentException(
                    "too many messages in a frame: " + frame.messages().size());
        }
        ProtoWriter out = new ProtoWriter(usualControlBytes(frame));
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
        byte[] bytes = out.toArray();
        if (bytes.length > frameBytes) {
            throw new IllegalArgumentException("a frame of " + bytes.length + " bytes; the peer accepts " + frameBytes);
        }
        return bytes;
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
