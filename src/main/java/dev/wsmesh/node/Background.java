package dev.wsmesh.node;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads of a node: virtual, and none of them ends in silence because of a mistake of ours. */
public final class Background {

    private static final Logger log = LoggerFactory.getLogger(Background.class);

    private Background() {}

    /** Starts a virtual thread of this name; what it throws is logged. */
    public static Thread start(String name, Runnable task) {
        Thread thread = unstarted(name, task);
        thread.start();
        return thread;
    }

    /** The same, to be started later. */
    public static Thread unstarted(String name, Runnable task) {
        return Thread.ofVirtual()
                .name(name)
                .uncaughtExceptionHandler(
                        (thread, e) -> log.error("the thread {} ended by a failure", thread.getName(), e))
                .unstarted(task);
    }

    /** Does this; what it throws is logged, so that who does it again and again goes on. */
    public static void attempt(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            log.error("a step of the thread {} failed", Thread.currentThread().getName(), e);
        }
    }
}
