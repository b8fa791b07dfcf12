package dev.wsmesh.gateway.listener;

import dev.wsmesh.protocol.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * The lanes of one listener. A publisher's deliveries all take the same lane, so they keep their order. One lane is run by
 * whoever delivers; each of several has a thread of its own. Thread-safe.
 */
final class Lanes {

    static final int MOST = 256;

    /** What waits before a busy lane while others get theirs; then the subscription's queue fills. A guess. */
    private static final int WAITING = 16;

    private final List<Lane> lanes;
    /** Of each lane; none where there is one lane only. */
    private final List<ThreadPoolExecutor> threads;

    Lanes(int count) {
        lanes = IntStream.range(0, count).mapToObj(_ -> new Lane()).toList();
        threads = count == 1 ? List.of() : lanes.stream().map(_ -> thread()).toList();
    }

    /** Does the task in the publisher's lane; waits where too much waits there already. */
    void run(NodeId publisher, Runnable task) {
        int index = Math.floorMod(publisher.hashCode(), lanes.size());
        Lane lane = lanes.get(index);
        if (threads.isEmpty()) {
            lane.run(task);
        } else {
            threads.get(index).execute(() -> lane.run(task));
        }
    }

    void open() {
        lanes.forEach(Lane::open);
    }

    /** No further task begins. Returns whether the present ones have ended in time. */
    boolean pause(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        boolean ended = true;
        for (Lane lane : lanes) {
            ended &= lane.pause(deadline - System.nanoTime());
        }
        return ended;
    }

    void close() {
        lanes.forEach(Lane::close);
        threads.forEach(ThreadPoolExecutor::shutdown);
    }

    private static ThreadPoolExecutor thread() {
        RejectedExecutionHandler wait = (task, executor) -> {
            try {
                if (!executor.isShutdown()) {
                    executor.getQueue().put(task);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        return new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WAITING),
                Thread.ofVirtual().name("mesh-listener-", 0).factory(),
                wait);
    }
}
