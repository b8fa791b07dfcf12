package dev.wsmesh.config;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How much is kept for nodes that were away; what is gone everywhere is told as a gap.
 *
 * @param maxBytes of all streams together; a quarter of it is how far the slowest neighbour may be behind a publisher
 * @param maxAge how long a message is kept
 * @param replayOnJoin how much of the past, before its first link, is delivered to the node when it joins; at most half of the age
 */
public record RetentionProperties(
        @DefaultValue("64MB") DataSize maxBytes,
        @DefaultValue("2m") Duration maxAge,
        @DefaultValue("0s") Duration replayOnJoin) {

    private static final String REPLAY_ON_JOIN = "mesh.retention.replay-on-join";

    /** Checks the bounds. */
    public RetentionProperties {
        Rules.between("mesh.retention.max-bytes", maxBytes, DataSize.ofMegabytes(1), DataSize.ofGigabytes(16));
        Rules.atLeast("mesh.retention.max-age", maxAge, Duration.ofSeconds(1));
        Rules.atLeast(REPLAY_ON_JOIN, replayOnJoin, Duration.ZERO);
        // What is about to be dropped everywhere may be gone before it has been sent, and would be told as a gap at
        // each join.
        Rules.require(
                replayOnJoin.compareTo(maxAge.dividedBy(2)) <= 0,
                REPLAY_ON_JOIN,
                replayOnJoin,
                "at most half of mesh.retention.max-age, or raise that on every node: what the others do not hold any more"
                        + " would be a gap each time");
    }
}
