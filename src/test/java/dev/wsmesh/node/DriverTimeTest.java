package dev.wsmesh.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.protocol.StreamId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whoever has waited tells the core of the time at which it goes on. */
class DriverTimeTest {

    private final LonelyNode mesh = new LonelyNode(1 << 20);

    @AfterEach
    void end() {
        mesh.close();
    }

    @Test
    void a_publication_that_waited_for_a_peer_does_not_set_the_core_back() {
        CompletableFuture<PublishReceipt> published = new CompletableFuture<>();
        Thread publisher = Background.start("publisher", () -> published.complete(publish()));
        await().until(() -> publisher.getState() == Thread.State.TIMED_WAITING);
        LinkId link = mesh.readyNeighbour(1);
        mesh.receive(link, new StreamId(link.peer(), 1), 1, "news");
        assertThat(published)
                .succeedsWithin(Duration.ofSeconds(20))
                .extracting(PublishReceipt::neighbours)
                .isEqualTo(1);
        assertThat(mesh.counters.coreFailures()).isZero();
    }

    /** As when another thread takes the lock between that look and this one's turn. */
    @Test
    void a_publication_that_looked_at_the_clock_before_others_does_not_set_the_core_back() {
        LinkId link = mesh.readyNeighbour(1);
        mesh.receive(link, new StreamId(link.peer(), 1), 1, "news");
        Driver driver = (Driver) mesh.core();
        long before = System.nanoTime() - Duration.ofHours(1).toNanos();
        assertThat(driver.publish(mesh.record("a.topic", "late"), PublishOptions.DEFAULT, before))
                .isNotNull();
        assertThat(mesh.counters.coreFailures()).isZero();
    }

    @Test
    void a_topic_has_been_silent_since_its_last_message_in_whatever_run_that_came() {
        long before = System.nanoTime();
        PublishReceipt _ = mesh.node.publish(Publication.of("first.run", "news"));
        mesh.node.stop();
        Core _ = mesh.node.start();
        PublishReceipt _ = mesh.node.publish(Publication.of("second.run", "news"));
        assertThat(mesh.node.topics())
                .hasSize(2)
                .allSatisfy(each -> assertThat(each.silentFor())
                        .isBetween(Duration.ZERO, Duration.ofNanos(System.nanoTime() - before)));
    }

    private PublishReceipt publish() {
        return mesh.node.publish(Publication.of("a.topic", "late").with(PublishOptions.DEFAULT.toAtLeast(1)));
    }
}
