package dev.wsmesh.config;

import dev.wsmesh.gateway.http.HttpGateway;
import java.time.Duration;
import org.springframework.context.SmartLifecycle;

/**
 * Opens the ways in once the node takes part, and ends their streams before it leaves: the web server would wait for them, and
 * their clients find another node meanwhile.
 */
final class GatewayLifecycle implements SmartLifecycle {

    /** The highest phase starts last and stops first. */
    private static final int PHASE = MeshLifecycle.PHASE + 1;

    /** For a last line; who does not read has had its time. The web server waits as long at least, and nobody else does. */
    private static final Duration MOMENT = Duration.ofSeconds(1);

    private final HttpGateway gateway;
    private volatile boolean running;

    GatewayLifecycle(HttpGateway gateway) {
        this.gateway = gateway;
    }

    @Override
    public void start() {
        gateway.open();
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        gateway.close(MOMENT);
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
