package dev.wsmesh;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends the process with exit code 1 if it is still there some time after it was told to stop. */
final class LeaveWatchdog {

    private static final Logger log = LoggerFactory.getLogger(LeaveWatchdog.class);

    private LeaveWatchdog() {}

    /** From now on, a shutdown of this process that takes longer than the limit is ended. */
    static void install(Duration limit) {
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> start(limit), "mesh-leave-watchdog-starter"));
        } catch (IllegalStateException e) {
            // It was told to stop while it was starting.
            start(limit);
        }
    }

    /** On a daemon thread, which a shutdown that is quick enough does not wait for. */
    private static void start(Duration limit) {
        Thread.ofPlatform().daemon().name("mesh-leave-watchdog").start(() -> haltAfter(limit));
    }

    private static void haltAfter(Duration limit) {
        try {
            Thread.sleep(limit);
        } catch (InterruptedException e) {
            return;
        }
        log.error("leaving took longer than {} ms; ending the process with exit code 1", limit.toMillis());
        Runtime.getRuntime().halt(1);
    }
}
