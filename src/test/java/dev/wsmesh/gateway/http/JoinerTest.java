package dev.wsmesh.gateway.http;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.TestNode;
import dev.wsmesh.node.PublishReceipt;
import org.junit.jupiter.api.Test;

/** What a client finds of the past at a node that has just joined. */
class JoinerTest {

    @Test
    void a_client_that_asks_for_the_past_by_age_waits_until_the_node_has_learned_of_it() throws Exception {
        try (TestNode old = TestNode.start()) {
            publish(old, 500);
            try (TestNode joiner = TestNode.start("--mesh.peers=" + old.url());
                    EventReader since = EventReader.open(joiner, "orders.x?since=1h")) {
                assertThat(since.awaitTexts(500).texts()).startsWith("1").endsWith("500");
            }
        }
    }

    @Test
    void a_node_that_was_given_the_past_when_it_joined_has_it_by_age_and_by_number() throws Exception {
        try (TestNode old = TestNode.start()) {
            publish(old, 20);
            try (TestNode joiner = TestNode.start("--mesh.peers=" + old.url(), "--mesh.retention.replay-on-join=1m")) {
                await().atMost(PATIENCE).until(() -> joiner.texts("orders.x").size() == 20);
                try (EventReader since = EventReader.open(joiner, "orders.x?since=1h");
                        EventReader history = EventReader.open(joiner, "orders.x?history=2")) {
                    assertThat(since.awaitTexts(20).texts()).startsWith("1").endsWith("20");
                    assertThat(history.awaitTexts(2).texts()).containsExactly("19", "20");
                }
            }
        }
    }

    private static void publish(TestNode node, int count) {
        for (int i = 1; i <= count; i++) {
            PublishReceipt _ = node.mesh().publish("orders.x", Integer.toString(i));
        }
    }
}
