package dev.wsmesh.websocket;

import dev.wsmesh.node.Sleeper;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.wire.SocketWord;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What the writer of one link has to do, in order. Bounded by those who fill it: a handshake has two messages at most, the core
 * hands over {@link LinkLimits#FRAMES_IN_FLIGHT} frames and makes a neighbour of a link once, of sockets there are two things to say, and after a close nothing is added. Thread-safe.
 */
final class Outbox {

    /** Something for the writer to do. */
    sealed interface Task {}

    /** Write these bytes as one message. */
    record Handshaking(Bytes bytes) implements Task {}

    /** Write this frame, and tell the core when it is gone. */
    record Sending(Frame frame) implements Task {}

    /** Tell the log that the peer is a neighbour now. */
    record Telling() implements Task {}

    /** Say this about the link's two sockets, where it is to be said, and do what follows from it. */
    record Saying(SocketWord word) implements Task {}

    /** Leave the session to the link whose second socket it is. */
    record HandingOver() implements Task {}

    /** Close the session, with a word about why. */
    record Closing(CloseCode code, String reason) implements Task {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Sleeper writer = new Sleeper();
    private final Queue<Task> tasks = new ArrayDeque<>();
    private boolean closing;

    void add(Task task) {
        put(task).wake();
    }

    /** Adds it without waking the writer, which is left to the caller. */
    Sleeper put(Task task) {
        lock.lock();
        try {
            if (!closing) {
                closing = task instanceof Closing;
                tasks.add(task);
            }
        } finally {
            lock.unlock();
        }
        return writer;
    }

    Task take() throws InterruptedException {
        Task task = next();
        while (task == null) {
            writer.sleepUnless(this::isFilled);
            task = next();
        }
        return task;
    }

    /** The next task; null if there is none for so long. */
    @Nullable
    Task poll(long timeoutNanos) throws InterruptedException {
        long deadline = System.nanoTime() + timeoutNanos;
        Task task = next();
        for (long left = timeoutNanos; task == null && left > 0; left = deadline - System.nanoTime()) {
            writer.sleepUnless(this::isFilled, left);
            task = next();
        }
        return task;
    }

    private @Nullable Task next() {
        lock.lock();
        try {
            return tasks.poll();
        } finally {
            lock.unlock();
        }
    }

    private boolean isFilled() {
        lock.lock();
        try {
            return !tasks.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** What closes the session, whoever ends it; what stands before it is passed over. Without it in this time, the end is abnormal. */
    Closing awaitClosing(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            Task task = poll(deadline - System.nanoTime());
            if (task == null) {
                return new Closing(CloseCode.ABNORMAL, "");
            }
            if (task instanceof Closing closing) {
                return closing;
            }
        }
    }
}
