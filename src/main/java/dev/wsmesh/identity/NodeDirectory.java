package dev.wsmesh.identity;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The directory in which a node keeps what must survive its runs: its key ({@code node.key}) and the epoch of its last run
 * ({@code epoch}). It is locked ({@code lock}) as long as it is open: two processes with one key would publish two histories
 * under one name.
 *
 * <p>Files are created so that only their owner may read them, and replaced as a whole: after a crash there is the old one or
 * the new one.
 *
 * <p>Not safe for several threads.
 */
public final class NodeDirectory implements AutoCloseable {
    private static final String KEY_FILE = "node.key";
    private static final String EPOCH_FILE = "epoch";
    private static final String LOCK_FILE = "lock";
    private static final String SECRET = "secret ";
    private static final String PUBLIC = "public ";
    private static final String KEY_REMARK =
            "# The key of a wsmesh node: whoever has it is the node. Never copy it to another.\n";

    private final Path directory;
    private final FileChannel channel;
    private final FileLock lock;
    private final NodeKey key;
    private long epoch;

    private NodeDirectory(Path directory, FileChannel channel, FileLock lock) throws IOException {
        this.directory = directory;
        this.channel = channel;
        this.lock = lock;
        this.key = readOrMakeKey();
        this.epoch = readEpoch();
    }

    /**
     * Opens the directory, which is created if there is none; and so is the key.
     *
     * @throws NodeDirectoryException if it is in use, cannot be read or written, or holds something else
     */
    public static NodeDirectory open(Path directory) {
        try {
            SecretFiles.createDirectory(directory);
            FileChannel channel =
                    FileChannel.open(directory.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                return new NodeDirectory(directory, channel, lock(directory, channel));
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new NodeDirectoryException(
                    directory, "cannot be used to keep the node's key (" + describe(e) + ")", e);
        }
    }

    public NodeKey key() {
        return key;
    }

    /**
     * The epoch of a new run: one more than that of the last, or the wall clock if that is further on. It is written down
     * before this returns.
     *
     * @throws NodeDirectoryException if it cannot be written, or the last one is beyond reason
     */
    public long nextEpoch(long wallMillis) {
        if (epoch > wallMillis + Handshake.MOST_AHEAD.toMillis()) {
            throw new NodeDirectoryException(
                    directory.resolve(EPOCH_FILE),
                    "holds an epoch that is more than a day ahead of this machine's clock, and no node would link with this"
                            + " one; set the clock, or remove the file if the clock was wrong when it was written",
                    null);
        }
        persist(Math.max(epoch + 1, wallMillis));
        return epoch;
    }

    /**
     * Writes down an epoch that this node has taken.
     *
     * @throws NodeDirectoryException if it cannot be written
     */
    public void persist(long taken) {
        Path file = directory.resolve(EPOCH_FILE);
        try {
            SecretFiles.replace(file, Long.toString(taken) + "\n");
            epoch = taken;
        } catch (IOException e) {
            throw new NodeDirectoryException(file, "cannot be written (" + describe(e) + ")", e);
        }
    }

    /** Lets others use the directory. */
    @Override
    public void close() {
        try (channel) {
            lock.release();
        } catch (IOException e) {
            throw new NodeDirectoryException(directory, "cannot be released (" + describe(e) + ")", e);
        }
    }

    private static FileLock lock(Path directory, FileChannel channel) throws IOException {
        FileLock lock = tryLock(channel);
        if (lock == null) {
            throw new NodeDirectoryException(
                    directory, "is in use by another node; give each node a mesh.data-dir of its own", null);
        }
        return lock;
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException _) {
            return null;
        }
    }

    private NodeKey readOrMakeKey() throws IOException {
        Path file = directory.resolve(KEY_FILE);
        try {
            return parseKey(file, Files.readString(file, StandardCharsets.US_ASCII));
        } catch (NoSuchFileException _) {
            NodeKey made = NodeKey.generate();
            SecretFiles.replace(file, text(made));
            return made;
        }
    }

    private static String text(NodeKey key) {
        Base64.Encoder base64 = Base64.getEncoder();
        return KEY_REMARK
                + SECRET + base64.encodeToString(key.secretBytes()) + "\n"
                + PUBLIC + base64.encodeToString(key.publicKey().toArray()) + "\n";
    }

    private static NodeKey parseKey(Path file, String text) {
        byte[] secret = new byte[0];
        byte[] open = new byte[0];
        try {
            for (String line : text.lines().toList()) {
                if (line.startsWith(SECRET)) {
                    secret = Base64.getDecoder()
                            .decode(line.substring(SECRET.length()).strip());
                } else if (line.startsWith(PUBLIC)) {
                    open = Base64.getDecoder()
                            .decode(line.substring(PUBLIC.length()).strip());
                }
            }
            return NodeKey.of(secret, open);
        } catch (IllegalArgumentException e) {
            throw new NodeDirectoryException(
                    file, "holds no key of a node; restore it, or remove it to become another node", e);
        }
    }

    private long readEpoch() throws IOException {
        Path file = directory.resolve(EPOCH_FILE);
        try {
            long read = Long.parseLong(
                    Files.readString(file, StandardCharsets.US_ASCII).strip());
            if (read >= 0) {
                return read;
            }
        } catch (NoSuchFileException _) {
            return 0;
        } catch (NumberFormatException _) {
            // Told below, together with a number that is none of an epoch.
        }
        throw new NodeDirectoryException(
                file, "holds no epoch, which is a number; remove it, and the node's clock decides", null);
    }

    private static String describe(IOException e) {
        String reason = e.getMessage() == null ? "" : ": " + e.getMessage();
        return e.getClass().getSimpleName() + reason;
    }
}
