package dev.wsmesh.protocol;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What the core does for one publication, and for one frame that it passes on, with links that take everything at once. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CoreBenchmark {

    private static final int BATCH = 100;

    @Param({"2", "7"})
    public int links;

    @Param("128")
    public int payloadBytes;

    private final StreamId foreign = new StreamId(new NodeId(1, 1), 1);
    private Protocol core;
    private List<LinkId> ids;
    private EncodedRecord record;
    private List<EncodedRecord> batch;
    private long now;
    private long ticket;
    private long next;

    /** Retention would make a long run another one than a short one. */
    @Setup(Level.Iteration)
    public void setUp() {
        now = 1_000_000_000;
        ticket = 0;
        next = 1;
        record = new EncodedRecord(Bytes.wrap(new byte[payloadBytes + 50]));
        batch = java.util.Collections.nCopies(BATCH, record);
        core = new Protocol(
                Settings.of(new NodeId(99, 99), new Address("ws://self"), List.of()),
                1,
                record,
                _ -> true,
                new SplittableRandom(1),
                now);
        core.start(now);
        ids = IntStream.rangeClosed(1, links)
                .mapToObj(peer -> new LinkId(new NodeId(peer, peer), peer))
                .toList();
        for (LinkId id : ids) {
            give(new Input.LinkUp(
                    id,
                    null,
                    new Address("ws://peer" + id.generation()),
                    Intent.HIGH,
                    1,
                    Limits.DEFAULT.frameBytes(),
                    false,
                    0));
            give(new Input.Writable(id));
            give(new Input.Writable(id));
            give(new Input.Received(id, Frame.of(new Message.DigestComplete(600_000))));
        }
        relay();
    }

    /** One record is published, and each link says that its frame is gone. */
    @Benchmark
    public int publish() {
        now += 1_000;
        return give(new Input.Publish(++ticket, record, Input.Backpressure.IGNORE, null));
    }

    /** A frame of a hundred records comes from one link, is delivered, and goes to the others. */
    @Benchmark
    public int relay() {
        now += 1_000;
        Message.Batch message = new Message.Batch(foreign, next, 0, false, batch);
        next += BATCH;
        return give(new Input.Received(ids.getFirst(), Frame.of(message)));
    }

    private int give(Input input) {
        int outputs = 0;
        for (Output output : core.handle(input, now)) {
            outputs++;
            if (output instanceof Output.Send send) {
                outputs += give(new Input.Writable(send.link()));
            }
        }
        return outputs;
    }
}
