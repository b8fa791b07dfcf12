package dev.wsmesh.ops;

import dev.wsmesh.protocol.View;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The core's view for gauges: drawn once for all that are read together, because the core stands still meanwhile. Thread-safe. */
final class Glance {

    private static final Duration FRESH = Duration.ofSeconds(1);

    private final Supplier<@Nullable View> source;
    private @Nullable View view;
    private long drawnNanos = System.nanoTime() - FRESH.toNanos();

    Glance(Supplier<@Nullable View> source) {
        this.source = source;
    }

    /** At most a second old; null before the first start. */
    synchronized @Nullable View view() {
        if (System.nanoTime() - drawnNanos >= FRESH.toNanos()) {
            view = source.get();
            drawnNanos = System.nanoTime();
        }
        return view;
    }
}
