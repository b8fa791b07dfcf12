package dev.wsmesh.cli;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection's events, read by a thread of their own, so that who waits for them can stop waiting. A reader that is ahead
 * waits, and so at last does the node, whose affair it is to cut off who does not read.
 */
final class EventSource implements AutoCloseable {

    private static final int MOST_AHEAD = 256;

    private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>(MOST_AHEAD);
    private final EventReader reader;
    private final Thread thread;

    /** What comes of a connection: events, then its end. */
    sealed interface Arrival {}

    /** An event has come. */
    record Came(Event event) implements Arrival {}

    /** The connection has ended; nothing more comes. */
    record Ended(String why) implements Arrival {}

    EventSource(InputStream in) {
        this.reader = new EventReader(in);
        this.thread = Thread.ofPlatform().daemon().name("mesh-events").start(() -> read(in));
    }

    /** What came next; null if nothing did within that time. */
    @Nullable
    Arrival next(Duration atMost) throws InterruptedException {
        return arrivals.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** How long to wait before another connection. To be asked once this one has ended. */
    Duration retryAfter(Duration otherwise) {
        return Objects.requireNonNullElse(reader.retry(), otherwise);
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void read(InputStream in) {
        try (in) {
            String why = "the node ended it";
            try {
                for (Event event = reader.next(); event != null; event = reader.next()) {
                    arrivals.put(new Came(event));
                }
            } catch (IOException e) {
                why = String.valueOf(e.getMessage());
            }
            arrivals.put(new Ended(why));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // It is over in any case.
            thread.interrupt();
        }
    }
}
