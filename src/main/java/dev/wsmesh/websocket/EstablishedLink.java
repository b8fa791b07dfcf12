package dev.wsmesh.websocket;

import dev.wsmesh.identity.Handshake;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.wire.FrameDecoder;
import dev.wsmesh.wire.FrameEncoder;
import dev.wsmesh.wire.WireException;
import java.nio.ByteBuffer;
import java.time.Instant;

/**
 * What a session is once both proofs were good. One thread decodes, the reader; one encodes, the writer: the names of streams
 * are counted on both ways.
 */
final class EstablishedLink {

    /**
     * A fraction of the 3 s for which who brings the next record may be silent, also if the core has to hear twice of a frame to know
     * that it takes long.
     */
    private static final long HEARD_PAUSE_NANOS = 250_000_000;

    private final LinkId id;
    private final long epoch;
    private final Bytes transcript;
    private final boolean secondSocket;
    private final Instant since;
    private final long upNanos = System.nanoTime();
    private final FrameDecoder decoder;
    private final FrameEncoder encoder;
    /** The reader's own. */
    private long heardNanos = upNanos - HEARD_PAUSE_NANOS;

    /**
     * Begins now.
     *
     * @param by what its handshake has shown
     */
    EstablishedLink(LinkId id, Handshake.Admitted by, Instant since, Limits limits) {
        this.id = id;
        this.epoch = by.epoch();
        this.transcript = by.transcript();
        this.secondSocket = by.secondSocket();
        this.since = since;
        this.decoder = new FrameDecoder(limits);
        this.encoder = new FrameEncoder(by.frameBytes());
    }

    LinkId id() {
        return id;
    }

    long epoch() {
        return epoch;
    }

    /** Of its handshake; no other link has the same. */
    Bytes transcript() {
        return transcript;
    }

    /** Whether both ends let it have a second socket. */
    boolean maySecond() {
        return secondSocket;
    }

    Instant since() {
        return since;
    }

    /** By the clock of {@link System#nanoTime}. */
    long upNanos() {
        return upNanos;
    }

    Frame decode(byte[] frame) throws WireException {
        return decoder.decode(frame);
    }

    /** Good until the next frame. */
    ByteBuffer encode(Frame frame) {
        return encoder.encodeForNow(frame);
    }

    /** A part of a frame has come: a sign of life, but not each of a million tiny ones is worth a run of the core. */
    boolean isWorthHearing() {
        long now = System.nanoTime();
        if (now - heardNanos < HEARD_PAUSE_NANOS) {
            return false;
        }
        heardNanos = now;
        return true;
    }
}
