package dev.wsmesh.protocol;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The retention log of one stream, full: each record that comes lets the oldest one go. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class StreamLogBenchmark {

    @Param({"1000", "100000"})
    public int retained;

    private final Records records = Records.of(new EncodedRecord(Bytes.wrap(new byte[178])));
    private StreamLog log;
    private long now;

    @Setup
    public void setUp() {
        log = new StreamLog(new SpareMemory());
        for (int i = 0; i < retained; i++) {
            log.append(records, ++now, 1);
        }
    }

    @Benchmark
    public long appendAndEvict() {
        long appended = log.append(records, ++now, 1);
        long evicted = log.evictBefore(log.base() + 1);
        log.giveBack();
        return appended - evicted;
    }

    @Benchmark
    public EncodedRecord get() {
        return log.get(log.base() + retained / 2);
    }

    @Benchmark
    public long costFrom() {
        return log.costFrom(log.base() + retained / 2);
    }
}
