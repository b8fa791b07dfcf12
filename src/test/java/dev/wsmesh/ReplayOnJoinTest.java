package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.gateway.listener.MeshListener;
import dev.wsmesh.node.Gap;
import dev.wsmesh.node.Message;
import dev.wsmesh.node.MessageListener;
import dev.wsmesh.node.PublishReceipt;
import dev.wsmesh.node.SubscribeOptions;
import dev.wsmesh.node.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** What a node that has just joined knows of what was published before. */
class ReplayOnJoinTest {

    /** What is older than this when a node starts is surely from before. */
    private static final Duration BEYOND_INEXACT_AGES = Duration.ofMillis(2_500);

    private static final String REPLAY = "--mesh.retention.replay-on-join=1m";

    @Test
    void a_joiner_that_asks_for_it_is_given_what_its_neighbours_retain_of_every_publisher() {
        try (TestNode first = TestNode.start()) {
            try (TestNode gone = TestNode.start("--mesh.peers=" + first.url()).awaitNeighbours(1)) {
                first.awaitNeighbours(1);
                publish(gone, "gone", 20);
                await().atMost(PATIENCE).until(() -> first.texts("a").size() == 20);
            }
            first.awaitNeighbours(0);
            publish(first, "first", 300);
            try (TestNode joiner = TestNode.start("--mesh.peers=" + first.url(), REPLAY)) {
                await().atMost(PATIENCE).until(() -> joiner.texts("a").size() == 320);
                assertThat(of(joiner, "gone")).isEqualTo(numbered("gone", 20));
                assertThat(of(joiner, "first")).isEqualTo(numbered("first", 300));
                publish(first, "later", 5);
                await().atMost(PATIENCE).until(() -> joiner.texts("a").size() == 325);
                assertThat(joiner.texts("a")).doesNotHaveDuplicates();
            }
        }
    }

    @Test
    void without_it_a_joiner_begins_with_its_first_link_but_retains_the_past_for_those_who_ask() {
        try (TestNode first = TestNode.start()) {
            publish(first, "old", 10);
            await().pollDelay(BEYOND_INEXACT_AGES).until(() -> true);
            try (TestNode joiner = TestNode.start("--mesh.peers=" + first.url()).awaitNeighbours(1)) {
                first.awaitNeighbours(1);
                publish(first, "new", 1);
                await().atMost(PATIENCE).until(() -> !joiner.texts("a").isEmpty());
                assertThat(joiner.texts("a")).containsExactly("new 1");
                await().atMost(PATIENCE)
                        .untilAsserted(() ->
                                assertThat(replayed(joiner)).startsWith("old 1").hasSize(11));
            }
        }
    }

    @Test
    void what_the_neighbours_do_not_retain_any_more_is_one_gap_before_the_rest() {
        try (TestNode first = TestNode.start("--mesh.retention.max-bytes=1MB")) {
            for (int i = 0; i < 30; i++) {
                PublishReceipt _ = first.mesh().publish("a", "x".repeat(100_000));
            }
            PublishReceipt _ = first.mesh().publish("a", "last");
            Queue<Gap> gaps = new ConcurrentLinkedQueue<>();
            try (TestNode joiner = TestNode.start("--mesh.peers=" + first.url(), REPLAY)) {
                Subscription _ = joiner.mesh().subscribe(SubscribeOptions.to("a"), new MessageListener() {
                    @Override
                    public void onMessage(Message message) {}

                    @Override
                    public void onGap(Gap gap) {
                        gaps.add(gap);
                    }
                });
                await().atMost(PATIENCE).until(() -> joiner.texts("a").contains("last"));
                assertThat(joiner.texts("a")).hasSizeBetween(2, 12);
                await().atMost(PATIENCE)
                        .until(() -> joiner.core().streams().stream().anyMatch(stream -> stream.delivered() == 31));
                assertThat(gaps).singleElement().satisfies(gap -> {
                    assertThat(gap.from()).isEqualTo(1);
                    assertThat(gap.cause()).isEqualTo(Gap.Cause.NOT_RETAINED);
                });
            }
        }
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class Application {

        final Queue<String> replayed = new ConcurrentLinkedQueue<>();
        final Queue<String> live = new ConcurrentLinkedQueue<>();

        @MeshListener(value = "a", replay = "1m")
        void withReplay(String text) {
            replayed.add(text);
        }

        @MeshListener("a")
        void withoutReplay(String text) {
            live.add(text);
        }
    }

    @Test
    void a_listener_gets_as_much_of_it_as_its_replay_asks_for_and_no_more() {
        try (TestNode first = TestNode.start("--mesh.path=/mesh")) {
            publish(first, "old", 10);
            await().pollDelay(BEYOND_INEXACT_AGES).until(() -> true);
            try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
                    .run(
                            "--server.address=localhost",
                            "--server.port=0",
                            "--mesh.retention.replay-on-join=1m",
                            "--mesh.peers=" + first.url() + "/mesh")) {
                Application application = context.getBean(Application.class);
                await().atMost(PATIENCE).until(() -> application.replayed.size() == 10);
                publish(first, "new", 5);
                await().atMost(PATIENCE).until(() -> application.live.size() == 5);
                await().atMost(PATIENCE).until(() -> application.replayed.size() == 15);
                assertThat(application.live).containsExactlyElementsOf(numbered("new", 5));
            }
        }
    }

    @Test
    void it_reaches_back_at_most_half_as_far_as_is_retained() {
        assertThatThrownBy(() ->
                        TestNode.start("--mesh.retention.replay-on-join=61s").close())
                .hasStackTraceContaining("mesh.retention.replay-on-join: '61s' is not allowed; give at most half of"
                        + " mesh.retention.max-age");
    }

    private static List<String> replayed(TestNode node) {
        Queue<String> texts = new ConcurrentLinkedQueue<>();
        Subscription replay = node.mesh()
                .subscribe(
                        SubscribeOptions.to("a").replaying(SubscribeOptions.EVERYTHING),
                        message -> texts.add(message.text()));
        await().atMost(PATIENCE).until(() -> texts.contains("new 1"));
        replay.close();
        return List.copyOf(texts);
    }

    private static void publish(TestNode node, String text, int count) {
        for (int i = 1; i <= count; i++) {
            PublishReceipt _ = node.mesh().publish("a", text + " " + i);
        }
    }

    private static List<String> of(TestNode node, String publisher) {
        return node.texts("a").stream()
                .filter(text -> text.startsWith(publisher + " "))
                .toList();
    }

    private static List<String> numbered(String text, int count) {
        return IntStream.rangeClosed(1, count).mapToObj(i -> text + " " + i).toList();
    }
}
