package dev.wsmesh.identity;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Who this node is, and in which run: with a directory it is the same node in every run, without one a new node each time.
 *
 * <p>Safe for any number of threads.
 */
public final class NodeIdentity implements AutoCloseable {
    private final NodeKey key;
    private final @Nullable NodeDirectory directory;
    private long epoch;

    private NodeIdentity(NodeKey key, @Nullable NodeDirectory directory) {
        this.key = key;
        this.directory = directory;
    }

    /** A node that nobody has seen before, and nobody will see again. */
    public static NodeIdentity ephemeral() {
        return new NodeIdentity(NodeKey.generate(), null);
    }

    /**
     * The node that this directory belongs to.
     *
     * @throws NodeDirectoryException as {@link NodeDirectory#open} says
     */
    public static NodeIdentity in(Path directory) {
        NodeDirectory opened = NodeDirectory.open(directory);
        return new NodeIdentity(opened.key(), opened);
    }

    public NodeKey key() {
        return key;
    }

    /** The epoch of the present run. */
    public synchronized long epoch() {
        return epoch;
    }

    /** Begins a run: its epoch is above that of all before, and written down before this returns. */
    public synchronized long begin(long wallMillis) {
        epoch = directory != null ? directory.nextEpoch(wallMillis) : Math.max(epoch + 1, wallMillis);
        return epoch;
    }

    /**
     * Goes on in this epoch, which is written down before this returns.
     *
     * @throws NodeDirectoryException if it cannot be written. The epoch counts all the same, and every handshake tells it; a
     *     run that begins below it will meet it, and take another.
     */
    public synchronized void take(long taken) {
        epoch = taken;
        if (directory != null) {
            directory.persist(taken);
        }
    }

    /** Lets another process be this node. */
    @Override
    public synchronized void close() {
        if (directory != null) {
            directory.close();
        }
    }
}
