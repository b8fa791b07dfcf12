package dev.wsmesh.cli.bench;

import java.time.Duration;
import java.util.List;

/**
 * What is to be measured.
 *
 * @param nodes how many processes, at least 2
 * @param payloadBytes of each message, at least {@link Stamp#BYTES}
 * @param rate messages a second of each node; 0 for as fast as the mesh takes them
 * @param jvm flags of each node's JVM
 * @param properties {@code --name=value} of each node
 */
public record Plan(
        int nodes,
        int payloadBytes,
        int rate,
        Topology topology,
        Duration warmUp,
        Duration measured,
        Duration startTimeout,
        List<String> jvm,
        List<String> properties) {

    public static final int FEWEST_NODES = 2;

    /** The command starts so many JVMs on one machine; more would measure its memory. A guess. */
    public static final int MOST_NODES = 64;

    public static final int SMALLEST_PAYLOAD = Stamp.BYTES;
    public static final int LARGEST_PAYLOAD = 64 << 10;
    public static final int HIGHEST_RATE = 1_000_000;

    /** How the nodes are linked. */
    public enum Topology {
        /** As they link by themselves: each with each, up to 13 nodes. */
        MESH,
        /** Each with the one before it, so that messages are passed on. */
        LINE
    }
}
