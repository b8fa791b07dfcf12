package dev.wsmesh.config;

import dev.wsmesh.node.Broadcast;
import dev.wsmesh.node.PublishException;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the broadcast again and again. The pause between two broadcasts is the interval plus a random time up to the
 * jitter, drawn each time: two nodes with the same period would race, and the pause is never shorter than the interval,
 * because the seed's program speaks only after a silence of that length.
 */
class ScheduledBroadcast {

    private static final Logger log = LoggerFactory.getLogger(ScheduledBroadcast.class);

    private final Broadcast broadcast;
    private final Duration jitter;
    private final RandomGenerator random;

    ScheduledBroadcast(Broadcast broadcast, Duration jitter, RandomGenerator random) {
        this.broadcast = broadcast;
        this.jitter = jitter;
        this.random = random;
    }

    Duration jitter() {
        return jitter;
    }

    void broadcast() {
        try {
            Thread.sleep(Duration.ofNanos(random.nextLong(jitter.toNanos() + 1)));
            log.debug("broadcast to {} neighbours", broadcast.send().neighbours());
        } catch (PublishException | IllegalStateException e) {
            log.debug("no broadcast this time: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
