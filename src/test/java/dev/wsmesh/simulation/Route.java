package dev.wsmesh.simulation;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.wire.FrameDecoder;
import dev.wsmesh.wire.FrameEncoder;
import dev.wsmesh.wire.WireException;
import org.jspecify.annotations.Nullable;

/**
 * One direction of one link, with what the production code remembers at both of its ends: frames cross as bytes. Where only
 * the core is of interest, and there are too many frames to encode, they cross as they are.
 */
final class Route {
    /** A frame on its way: its bytes, or itself. */
    record Parcel(@Nullable Frame frame, Bytes bytes, long length) {}

    private final @Nullable FrameEncoder encoder;
    private final @Nullable FrameDecoder decoder;

    private Route(@Nullable FrameEncoder encoder, @Nullable FrameDecoder decoder) {
        this.encoder = encoder;
        this.decoder = decoder;
    }

    static Route ofBytes(SimulatedNode to) {
        return new Route(new FrameEncoder(to.settings.limits().frameBytes()), new FrameDecoder(to.settings.limits()));
    }

    static Route ofObjects() {
        return new Route(null, null);
    }

    Parcel pack(Frame frame) {
        if (encoder == null) {
            return new Parcel(frame, Bytes.EMPTY, Sizes.of(frame));
        }
        try {
            byte[] bytes = encoder.encode(frame);
            return new Parcel(null, Bytes.wrap(bytes), bytes.length);
        } catch (IllegalArgumentException failure) {
            throw new Violation("the core fills only frames that the peer accepts", failure.toString());
        }
    }

    Frame unpack(Parcel parcel) {
        Frame frame = parcel.frame();
        if (frame != null || decoder == null) {
            return Violation.unlessPresent(frame, "a frame is not lost between its ends");
        }
        try {
            return decoder.decode(parcel.bytes().toArray());
        } catch (WireException failure) {
            throw new Violation("every frame of a node can be read by its peer", failure.toString());
        }
    }
}
