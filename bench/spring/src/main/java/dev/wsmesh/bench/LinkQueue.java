package dev.wsmesh.bench;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What waits for one link, bounded; put blocks while it is full. */
final class LinkQueue {

    private static final int MAX_MESSAGES = 64 << 10;
    private static final int MAX_BYTES = 8 << 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private final Condition drained = lock.newCondition();
    private final Deque<byte[]> messages = new ArrayDeque<>();
    private int bytes;

    void put(byte[] message) throws InterruptedException {
        lock.lock();
        try {
            while (messages.size() == MAX_MESSAGES || bytes > MAX_BYTES - message.length) {
                drained.await();
            }
            messages.add(message);
            bytes += message.length;
            if (messages.size() == 1) {
                filled.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a message, then takes as many as fit, each after its length. */
    void drainTo(ByteBuffer batch) throws InterruptedException {
        lock.lock();
        try {
            while (messages.isEmpty()) {
                filled.await();
            }
            while (!messages.isEmpty() && batch.remaining() >= 4 + messages.peek().length) {
                byte[] message = messages.poll();
                bytes -= message.length;
                batch.putInt(message.length).put(message);
            }
            drained.signal();
        } finally {
            lock.unlock();
        }
    }
}
