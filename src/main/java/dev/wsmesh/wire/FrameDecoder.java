package dev.wsmesh.wire;

import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.Message;
import java.util.ArrayList;
import java.util.List;

/**
 * Bytes to frames, for one direction of one admitted link: it remembers the streams that the peer has named. It wants
 * every frame of the link, in order.
 *
 * <p>Not safe for several threads: it belongs to the link's reader. Once it has thrown, the link has to be closed.
 */
public final class FrameDecoder {
    private final Limits limits;
    private final IncomingAliases aliases = new IncomingAliases();
    private final ControlReader control;
    private final BatchCodec batches;

    /** A decoder that enforces these limits; {@link Limits#frameBytes} is what our own Hello advertised. */
    public FrameDecoder(Limits limits) {
        this.limits = limits;
        this.control = new ControlReader(limits, aliases);
        this.batches = new BatchCodec(limits);
    }

    /**
     * The frame: control before payload. Every value in it is valid, so that nothing inside has to check again, and
     * every record can be decoded.
     *
     * @param bytes one whole WebSocket message, given away: the records of the frame are slices of it
     * @throws WireException if the bytes are not a frame, or one beyond the limits; nothing else is thrown, whatever
     *     they are
     */
    public Frame decode(byte[] bytes) throws WireException {
        WireException.refuseAbove(limits.frameBytes(), bytes.length, Violation.FRAME_BYTES);
        ProtoReader in = new ProtoReader(bytes);
        Tally tally = new Tally(limits);
        List<Message> messages = new ArrayList<>();
        List<Message> payload = new ArrayList<>();
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case FrameTag.HELLO, FrameTag.PROOF -> throw WireException.malformed(Violation.OUT_OF_PLACE);
                case FrameTag.STREAMS -> aliases.define(in.message());
                case FrameTag.CONTROL -> readControl(in.message(), tally, messages);
                case FrameTag.BATCHES -> {
                    tally.countMessage();
                    payload.add(batches.read(in.message(), aliases, tally));
                }
                case FrameTag.HISTORY -> {
                    tally.countMessage();
                    payload.add(batches.readHistory(in.message(), aliases, tally));
                }
                default -> in.skip(tag);
            }
        }
        messages.addAll(payload);
        return new Frame(messages);
    }

    private void readControl(ProtoReader in, Tally tally, List<Message> messages) throws WireException {
        tally.countMessage();
        Message message = control.read(in, tally);
        if (message != null) {
            messages.add(message);
        }
    }
}
