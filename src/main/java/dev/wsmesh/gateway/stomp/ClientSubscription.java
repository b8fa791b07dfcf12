package dev.wsmesh.gateway.stomp;

import dev.wsmesh.gateway.Progress;
import dev.wsmesh.node.Background;
import dev.wsmesh.node.Delivery;
import dev.wsmesh.node.DeliverySource;
import dev.wsmesh.node.Gap;
import dev.wsmesh.node.Mark;
import dev.wsmesh.node.Message;
import dev.wsmesh.node.PulledSubscription;
import dev.wsmesh.node.Resume;
import dev.wsmesh.node.SubscribeOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One subscription of one client: takes what the mesh delivers, and writes it, on a virtual thread of its own. What the client
 * does not take waits in the subscription's queue, which is bounded.
 *
 * <p>States: {@code new -> writing -> closed}, by {@link #begin} and {@link #close}.
 */
final class ClientSubscription implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ClientSubscription.class);

    /** Nothing depends on it: heart-beats are the broker's. */
    private static final Duration POLL = Duration.ofMinutes(1);

    private final DeliverySource source;
    private final SubscribeOptions options;
    private final Duration retention;
    private final ClientFrames client;
    private volatile @Nullable PulledSubscription subscription;
    private volatile boolean closed;

    ClientSubscription(DeliverySource source, SubscribeOptions options, Duration retention, ClientFrames client) {
        this.source = source;
        this.options = options;
        this.retention = retention;
        this.client = client;
    }

    /** From here on it misses nothing; one that goes on from somewhere has missed nothing since then. */
    void begin() {
        PulledSubscription opened = options.resume() == null ? source.pull(options) : null;
        Thread _ = Background.start("mesh-stomp", () -> run(opened));
    }

    @Override
    public void close() {
        closed = true;
        PulledSubscription present = subscription;
        if (present != null) {
            present.close();
        }
    }

    private void run(@Nullable PulledSubscription opened) {
        try (PulledSubscription present = opened != null ? opened : source.pullPast(options, () -> closed)) {
            subscription = present;
            if (!closed) {
                deliver(present);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IllegalStateException e) {
            log.debug("the node stopped before a subscription began", e);
        }
    }

    private void deliver(PulledSubscription present) throws InterruptedException {
        Resume resume = options.resume();
        Progress progress = new Progress(present, resume, retention);
        Delivery mark = present.poll(Duration.ZERO);
        if (mark != null) {
            progress.took(mark);
        }
        if (resume != null && !resume.complete()) {
            client.sendUnknownGap(progress.token());
        }
        while (!closed && !present.isOver()) {
            Delivery next = present.poll(POLL);
            if (next != null) {
                progress.took(next);
                send(next, progress);
            }
        }
    }

    private void send(Delivery delivery, Progress progress) {
        switch (delivery) {
            case Message message -> client.send(message, progress.token());
            case Gap gap -> client.send(gap, progress.token());
            case Mark _ -> {}
        }
    }
}
