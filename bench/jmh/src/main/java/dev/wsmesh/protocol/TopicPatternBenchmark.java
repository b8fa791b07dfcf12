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

/** Whether a subscription asks for a topic: once for each message and subscription. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TopicPatternBenchmark {

    @Param({"orders.created.europe", "orders.*.europe", "orders.>", ">", "invoices.*"})
    public String pattern;

    private final Topic topic = new Topic("orders.created.europe");
    private TopicPattern compiled;

    @Setup
    public void setUp() {
        compiled = new TopicPattern(pattern);
    }

    @Benchmark
    public boolean matches() {
        return compiled.matches(topic);
    }
}
