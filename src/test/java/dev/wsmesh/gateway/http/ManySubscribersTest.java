package dev.wsmesh.gateway.http;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.TestNode;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.MeshCounters.GatewayEvent;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Some hundred streams of events of one node; thousands are for {@link SseLoad} by hand. */
class ManySubscribersTest {

    private static final int SUBSCRIBERS = 400;
    private static final int MESSAGES = 100;

    @Test
    void each_of_many_gets_everything_that_is_published_at_another_node_once_and_in_order() throws Exception {
        try (TestNode one = TestNode.start();
                TestNode two = TestNode.start("--mesh.peers=" + one.url()).awaitNeighbours(1)) {
            one.awaitNeighbours(1);
            MeshCounters counters = one.counters();
            SseLoad load = new SseLoad(new InetSocketAddress("localhost", one.port()), SUBSCRIBERS, MESSAGES);
            SseLoad.Figures figures = load.run(URI.create("http://" + two.bind()), 200, 100, Duration.ofMinutes(1));

            assertThat(figures.all()).as("all got the last one: %s", figures).isTrue();
            assertThat(figures.received()).isEqualTo(SUBSCRIBERS * MESSAGES);
            assertThat(figures.gaps()).isZero();
            assertThat(figures.disorder()).isZero();
            assertThat(figures.cutOff()).isZero();
            assertThat(counters.gatewayEvents(GatewayEvent.SSE_OPENED)).isEqualTo(SUBSCRIBERS);
            assertThat(counters.gatewayEvents(GatewayEvent.SSE_MESSAGES)).isEqualTo(SUBSCRIBERS * MESSAGES);
            assertThat(counters.gatewayEvents(GatewayEvent.SSE_GAPS)).isZero();
            assertThat(counters.gatewayEvents(GatewayEvent.SSE_CUT_OFF)).isZero();
            one.mesh().publish("load.end", "whoever is gone is noticed by a write");
            await().atMost(PATIENCE).untilAsserted(() -> {
                one.mesh().publish("load.end", "and by the next one");
                assertThat(counters.gatewayEvents(GatewayEvent.SSE_CLOSED)).isEqualTo(SUBSCRIBERS);
            });
        }
    }
}
