package dev.wsmesh;

import dev.wsmesh.config.MeshProperties;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;

/** Ends the process with exit code 1 if leaving takes longer than it may. */
final class LeaveWatchdog implements ApplicationListener<ContextClosedEvent> {

    private static final Logger log = LoggerFactory.getLogger(LeaveWatchdog.class);

    /** On top of the time for flushing; closing stuck sessions and the web server takes about 1 s of it. */
    private static final Duration GRACE = Duration.ofSeconds(3);

    private final Duration limit;

    private LeaveWatchdog(Duration limit) {
        this.limit = limit;
    }

    static void watch(ConfigurableApplicationContext context) {
        Duration flush = context.getBean(MeshProperties.class).leave().flushTimeout();
        context.addApplicationListener(new LeaveWatchdog(flush.plus(GRACE)));
    }

    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        Thread.ofPlatform().daemon().name("mesh-leave-watchdog").start(this::haltIfStillHere);
    }

    private void haltIfStillHere() {
        try {
            Thread.sleep(limit);
        } catch (InterruptedException e) {
            return;
        }
        log.error("leaving took longer than {}; ending the process with exit code 1", limit);
        Runtime.getRuntime().halt(1);
    }
}
