package dev.wsmesh.wire;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.MeshRecord;
import dev.wsmesh.protocol.Message;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.StreamId;
import dev.wsmesh.protocol.Topic;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Records and frames to bytes and back. A frame has as many records as fit into its 64 KiB. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CodecBenchmark {

    @Param({"128", "1024"})
    public int payloadBytes;

    private final RecordCodec codec = new RecordCodec(Limits.DEFAULT);
    private MeshRecord record;
    private EncodedRecord encoded;
    private FrameEncoder encoder;
    private FrameDecoder decoder;
    private Frame frame;
    private byte[] bytes;

    @Setup
    public void setUp() throws WireException {
        record = new MeshRecord(
                new Topic("orders.created"),
                Bytes.wrap(new byte[payloadBytes]),
                "application/octet-stream",
                List.of(),
                Instant.ofEpochSecond(1_800_000_000L, 123_456_000));
        encoded = codec.encode(record);
        int count = (Limits.FRAME_TARGET_BYTES - Limits.FRAME_OVERHEAD_BYTES) / (encoded.length() + 6);
        frame = new Frame(List.of(new Message.Batch(
                new StreamId(new NodeId(1, 1), 1), 1, 0, false, java.util.Collections.nCopies(count, encoded))));
        encoder = new FrameEncoder(Limits.DEFAULT.frameBytes());
        decoder = new FrameDecoder(Limits.DEFAULT);
        // The first frame names the stream; those that are measured are like all later ones.
        decoder.decode(encoder.encode(frame));
        bytes = encoder.encode(frame);
    }

    @Benchmark
    public EncodedRecord encodeRecord() {
        return codec.encode(record);
    }

    @Benchmark
    public Topic topicOfRecord() {
        return codec.topic(encoded);
    }

    @Benchmark
    public MeshRecord decodeRecord() {
        return codec.decode(encoded);
    }

    @Benchmark
    public byte[] encodeFrame() {
        return encoder.encode(frame);
    }

    @Benchmark
    public Frame decodeFrame() throws WireException {
        return decoder.decode(bytes);
    }
}
