package dev.wsmesh.config;

import dev.wsmesh.node.MeshNode;
import dev.wsmesh.node.Presence;
import dev.wsmesh.websocket.PeerNetwork;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Starts the mesh once the web server listens, and leaves it while the web server still does, so that health can be
 * asked and the peers' Close frames can arrive.
 */
final class MeshLifecycle implements SmartLifecycle {

    /**
     * Above the phases of Boot's web server: its graceful shutdown is {@code DEFAULT_PHASE - 1024}, its start and stop
     * {@code DEFAULT_PHASE - 2048}. The highest phase starts last and stops first.
     */
    static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 512;

    /** Enough for a Close to be written; small enough for the time that leaving may take in all. */
    private static final Duration MOMENT = Duration.ofMillis(200);

    private static final Logger log = LoggerFactory.getLogger(MeshLifecycle.class);

    private final MeshNode node;
    private final PeerNetwork network;
    private final Presence presence;
    private final Duration flushTimeout;
    private volatile boolean running;

    MeshLifecycle(MeshNode node, PeerNetwork network, Presence presence, Duration flushTimeout) {
        this.node = node;
        this.network = network;
        this.presence = presence;
        this.flushTimeout = flushTimeout;
    }

    @Override
    public void start() {
        network.start(node.start());
        node.begin();
        presence.start();
        running = true;
        log.info("node {} takes part in the mesh", node.view().bind());
    }

    @Override
    public void stop() {
        running = false;
        log.info("node {} leaves the mesh", node.view().bind());
        long deadline = System.nanoTime() + flushTimeout.toNanos();
        presence.stop();
        network.close();
        try {
            if (!node.leave(flushTimeout)) {
                log.warn("some neighbours did not take in time what they were owed");
            }
            Duration left = Duration.ofNanos(Math.max(MOMENT.toNanos(), deadline - System.nanoTime()));
            if (!network.leave(left)) {
                log.warn("some sessions did not end in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            node.stop();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
