package dev.wsmesh.config;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;

/**
 * Broadcasts while the mesh runs. Not by {@code @EnableScheduling}: an application that did not ask for it would find its own
 * methods scheduled. The scheduler is no bean for the same reason. The fields are the lifecycle's thread's.
 */
final class BroadcastLifecycle implements SmartLifecycle {

    private final ScheduledBroadcast broadcast;
    private final Duration interval;
    private volatile @Nullable SimpleAsyncTaskScheduler scheduler;

    BroadcastLifecycle(ScheduledBroadcast broadcast, Duration interval) {
        this.broadcast = broadcast;
        this.interval = interval;
    }

    @Override
    public void start() {
        SimpleAsyncTaskScheduler fresh = new SimpleAsyncTaskScheduler();
        fresh.setVirtualThreads(true);
        fresh.setThreadNamePrefix("mesh-scheduler-");
        var _ = fresh.scheduleWithFixedDelay(broadcast::broadcast, Instant.now().plus(interval), interval);
        scheduler = fresh;
    }

    @Override
    public void stop() {
        SimpleAsyncTaskScheduler present = scheduler;
        scheduler = null;
        if (present != null) {
            present.close();
        }
    }

    @Override
    public boolean isRunning() {
        return scheduler != null;
    }

    /** After the mesh has started; until it leaves. */
    @Override
    public int getPhase() {
        return MeshLifecycle.PHASE + 1;
    }
}
