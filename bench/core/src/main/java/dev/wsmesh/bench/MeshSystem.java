package dev.wsmesh.bench;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * One node of a system under test. An adapter is a public class with a public constructor without arguments. It is never
 * closed: a node ends with its process.
 */
public interface MeshSystem {

    /** Starts this node. The system may call {@code onMessage} from any thread; the buffer is read during the call. */
    void start(Setup setup, Consumer<ByteBuffer> onMessage) throws Exception;

    /** Whether this node sees all others, as far as the system can tell; the harness then probes end to end as well. */
    default boolean converged() {
        return true;
    }

    /**
     * Sends to all other nodes, without waiting for {@link #flush}. Called by one thread; may block, which is the
     * system's own flow control. The array is the system's to keep. A message to this node itself is ignored.
     */
    void publish(byte[] payload) throws Exception;

    /** Waits until what was published has been handed over, where the system has such a thing. */
    default void flush() throws Exception {
    }

    /** How many messages this node has told its application until now that they will not come. */
    default long told() {
        return 0;
    }

    /** Seconds without a message after which nothing more is expected, once this node has published. */
    default int patience() {
        return 3;
    }
}
