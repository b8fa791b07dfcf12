package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.node.Mesh;
import dev.wsmesh.node.PublishReceipt;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Publishes numbered texts through a node until it is told to stop, and keeps what was accepted. */
final class LoadingNode {

    private final Mesh mesh;
    private final String topic;
    private final Duration pause;
    private final Map<PublishReceipt, String> published = new LinkedHashMap<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final Thread thread;
    private volatile boolean stopping;

    private LoadingNode(Mesh mesh, String topic, Duration pause) {
        this.mesh = mesh;
        this.topic = topic;
        this.pause = pause;
        this.thread = Thread.ofVirtual().name("load").start(this::publishUntilStopped);
    }

    static LoadingNode on(TestNode node, String topic, Duration pause) {
        return new LoadingNode(node.mesh(), topic, pause);
    }

    /** What was accepted so far. */
    Map<PublishReceipt, String> published() {
        synchronized (published) {
            return new LinkedHashMap<>(published);
        }
    }

    int count() {
        synchronized (published) {
            return published.size();
        }
    }

    /** Waits until this many more are accepted. */
    void awaitMore(int more) {
        int before = count();
        await().atMost(PATIENCE).until(() -> failure.get() != null || count() >= before + more);
        assertThat(failure.get()).isNull();
    }

    /** Publishes no more. Returns what was accepted. */
    Map<PublishReceipt, String> stop() throws InterruptedException {
        stopping = true;
        thread.join();
        assertThat(failure.get()).isNull();
        return published();
    }

    private void publishUntilStopped() {
        try {
            for (int i = 0; !stopping; i++) {
                String text = topic + "/" + i;
                PublishReceipt receipt = mesh.publish(topic, text);
                synchronized (published) {
                    published.put(receipt, text);
                }
                LockSupport.parkNanos(pause.toNanos());
            }
        } catch (IllegalStateException e) {
            // The node leaves: what it accepted before counts.
            assertThat(e).hasMessageContaining("not running");
        } catch (RuntimeException | AssertionError e) {
            failure.set(e);
        }
    }
}
