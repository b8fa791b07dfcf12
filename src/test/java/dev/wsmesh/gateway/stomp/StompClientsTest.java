package dev.wsmesh.gateway.stomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.TestNode;
import dev.wsmesh.gateway.ResumeToken;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.MeshCounters.GatewayEvent;
import dev.wsmesh.node.Publication;
import dev.wsmesh.node.StreamTag;
import dev.wsmesh.protocol.Bytes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.messaging.simp.SimpMessagingTemplate;
import org.springframework.messaging.simp.stomp.StompHeaders;
import org.springframework.util.MimeTypeUtils;

/** Clients of two nodes that are linked. */
class StompClientsTest {

    private TestNode one;
    private TestNode other;

    @BeforeEach
    void startTwoNodes() {
        one = TestNode.start();
        other = TestNode.start("--mesh.peers=" + one.url()).awaitNeighbours(1);
        one.awaitNeighbours(1);
    }

    @AfterEach
    void stop() {
        other.close();
        one.close();
    }

    private static String stomp(TestNode node) {
        return node.url() + "/stomp";
    }

    @Test
    void what_a_client_sends_reaches_the_clients_of_every_node_once_and_in_order() throws Exception {
        List<String> texts = IntStream.range(0, 300).mapToObj(i -> "price " + i).toList();
        try (StompPeer near = StompPeer.connect(stomp(one)).subscribed("/topic/prices.eur");
                StompPeer far = StompPeer.connect(stomp(other)).subscribed("/topic/prices.eur");
                StompPeer sender = StompPeer.connect(stomp(one))) {
            for (String text : texts) {
                sender.fire("/topic/prices.eur", text);
            }
            near.awaitTexts(texts);
            far.awaitTexts(texts);
            assertThat(far.received())
                    .allSatisfy(
                            each -> assertThat(each.headers().getDestination()).isEqualTo("/topic/prices.eur"))
                    .extracting(each -> each.headers().getFirst(MeshBroker.POSITION_HEADER))
                    .doesNotHaveDuplicates()
                    .doesNotContainNull();
        }
    }

    @Test
    void a_node_whose_beans_are_lazy_has_clients_all_the_same() throws Exception {
        try (TestNode lazy = TestNode.start("--spring.main.lazy-initialization=true");
                StompPeer client = StompPeer.connect(stomp(lazy)).subscribed("/topic/prices.eur")) {
            client.fire("/topic/prices.eur", "1");
            client.awaitTexts(List.of("1"));
        }
    }

    @Test
    void bytes_content_types_and_headers_arrive_as_they_were_sent() throws Exception {
        try (StompPeer far = StompPeer.connect(stomp(other)).subscribed("/topic/files");
                StompPeer sender = StompPeer.connect(stomp(one))) {
            StompHeaders headers = new StompHeaders();
            headers.setDestination("/topic/files");
            headers.setContentType(MimeTypeUtils.APPLICATION_OCTET_STREAM);
            headers.set("file-name", "a: strange\nname");
            byte[] body = {0, 1, 2, -1, 0, 10, 13};
            sender.send(headers, body);
            await().atMost(TestNode.PATIENCE).until(() -> !far.received().isEmpty());
            StompPeer.Received received = far.received().getFirst();
            assertThat(received.body().toArray()).isEqualTo(body);
            assertThat(received.headers().getContentType()).isEqualTo(MimeTypeUtils.APPLICATION_OCTET_STREAM);
            assertThat(received.headers().getFirst("file-name")).isEqualTo("a: strange\nname");
        }
    }

    @Test
    void wildcards_are_those_of_the_mesh_and_code_reaches_clients_too() throws Exception {
        try (StompPeer one_word = StompPeer.connect(stomp(other)).subscribed("/topic/orders.*");
                StompPeer rest = StompPeer.connect(stomp(other)).subscribed("/topic/orders.>")) {
            one.mesh().publish(Publication.of("orders.created", "a"));
            one.mesh().publish(Publication.of("orders.created.eu", "b"));
            one.mesh().publish(Publication.of("invoices.created", "c"));
            one.mesh().publish(Publication.of("orders.closed", "d"));
            one_word.awaitTexts(List.of("a", "d"));
            rest.awaitTexts(List.of("a", "b", "d"));
        }
    }

    @Test
    void what_cannot_be_is_refused_with_a_reason() throws Exception {
        try (StompPeer peer = StompPeer.connect(stomp(one))) {
            peer.send("/queue/jobs", "x");
            assertThat(peer.error()).contains("/queue/jobs", "/topic/");
        }
        try (StompPeer peer = StompPeer.connect(stomp(one))) {
            peer.send("/topic/$mesh.presence", "x");
            assertThat(peer.error()).contains("$mesh.presence", "only be read");
        }
        try (StompPeer peer = StompPeer.connect(stomp(one))) {
            peer.send("/topic/orders.*", "x");
            assertThat(peer.error()).contains("orders.*", "without spaces, '*' and '>'");
        }
        try (StompPeer peer = StompPeer.connect(stomp(one))) {
            peer.subscribed("/topic/orders..x");
            assertThat(peer.error()).contains("orders..x", "words separated by dots");
        }
    }

    @Test
    void a_client_goes_on_at_another_node_where_it_stopped() throws Exception {
        List<String> texts = IntStream.range(0, 90).mapToObj(i -> "t" + i).toList();
        StompPeer.Received last;
        try (StompPeer first = StompPeer.connect(stomp(other)).subscribed("/topic/news")) {
            texts.subList(0, 50).forEach(text -> one.mesh().publish("news", text));
            first.awaitTexts(texts.subList(0, 50));
            last = first.received().get(39);
        }
        texts.subList(50, 70).forEach(text -> one.mesh().publish("news", text));
        try (StompPeer second = StompPeer.connect(stomp(one)).resumed("/topic/news", last)) {
            texts.subList(70, 90).forEach(text -> one.mesh().publish("news", text));
            second.awaitTexts(texts.subList(40, 90));
        }
        try (StompPeer wrong = StompPeer.connect(stomp(one))) {
            StompHeaders headers = new StompHeaders();
            headers.set(MeshBroker.POSITION_HEADER, "nonsense");
            wrong.resumed("/topic/news", new StompPeer.Received(headers, Bytes.EMPTY));
            assertThat(wrong.error()).contains("token");
        }
    }

    @Test
    void who_brings_a_token_that_lists_not_all_streams_is_told_first_that_something_is_missing() throws Exception {
        StompHeaders headers = new StompHeaders();
        headers.set(
                MeshBroker.POSITION_HEADER,
                ResumeToken.encode(Map.<StreamTag, Long>of().entrySet(), null, Duration.ZERO, false));
        try (StompPeer peer =
                StompPeer.connect(stomp(one)).resumed("/topic/news", new StompPeer.Received(headers, Bytes.EMPTY))) {
            await().atMost(TestNode.PATIENCE).until(() -> peer.received().size() == 1);
            one.mesh().publish("news", "a");
            await().atMost(TestNode.PATIENCE).until(() -> peer.received().size() == 2);
            StompHeaders gap = peer.received().getFirst().headers();
            assertThat(gap.getFirst(MeshBroker.GAP_HEADER)).isEqualTo("unknown");
            assertThat(gap.getFirst("mesh-gap-cause")).isEqualTo("token_incomplete");
            assertThat(gap.getDestination()).isEqualTo("/topic/$mesh.gap");
            assertThat(gap.getFirst(MeshBroker.POSITION_HEADER)).isNotEmpty();
            assertThat(peer.received().getLast().text()).isEqualTo("a");
        }
    }

    @Test
    void what_an_application_sends_by_the_template_of_spring_reaches_the_clients_of_every_node() throws Exception {
        try (StompPeer near = StompPeer.connect(stomp(one)).subscribed("/topic/prices.*");
                StompPeer far = StompPeer.connect(stomp(other)).subscribed("/topic/prices.*")) {
            SimpMessagingTemplate template = one.bean(SimpMessagingTemplate.class);
            template.convertAndSend("/topic/prices.eur", "1.09");
            template.convertAndSend("/topic/prices.usd", "1.00");
            near.awaitTexts(List.of("1.09", "1.00"));
            far.awaitTexts(List.of("1.09", "1.00"));
            assertThat(far.received().getFirst().headers().getDestination()).isEqualTo("/topic/prices.eur");
        }
    }

    @Test
    void clients_are_counted() throws Exception {
        MeshCounters counters = one.counters();
        try (StompPeer peer = StompPeer.connect(stomp(one))) {
            assertThat(counters.gatewayEvents(GatewayEvent.STOMP_OPENED)).isEqualTo(1);
            peer.send("/queue/jobs", "x");
            assertThat(peer.error()).isNotEmpty();
        }
        await().atMost(TestNode.PATIENCE).until(() -> counters.gatewayEvents(GatewayEvent.STOMP_CLOSED) == 1);
        assertThat(counters.gatewayEvents(GatewayEvent.STOMP_REFUSED)).isEqualTo(1);
        assertThat(counters.gatewayEvents(GatewayEvent.STOMP_CUT_OFF)).isZero();
    }

    @Test
    void tokens_say_who_may_do_what() throws Exception {
        try (TestNode guarded = TestNode.start(
                "--mesh.gateway.tokens[0].token=a-token-of-enough-characters",
                "--mesh.gateway.tokens[0].publish=orders.>",
                "--mesh.gateway.tokens[0].subscribe=prices.*")) {
            assertThatThrownBy(() -> StompPeer.connect(stomp(guarded))).isNotNull();
            assertThatThrownBy(() -> StompPeer.connect(stomp(guarded), "another-token-of-enough-chars"))
                    .isNotNull();
            try (StompPeer peer = StompPeer.connect(stomp(guarded), "a-token-of-enough-characters")) {
                peer.subscribed("/topic/prices.eur").send("/topic/orders.a", "x");
                guarded.mesh().publish("prices.eur", "1.09");
                peer.awaitTexts(List.of("1.09"));
                peer.send("/topic/prices.eur", "x");
                assertThat(peer.error()).contains("does not allow /topic/prices.eur");
            }
            try (StompPeer peer = StompPeer.connect(stomp(guarded), "a-token-of-enough-characters")) {
                peer.subscribed("/topic/>");
                assertThat(peer.error()).contains("does not allow /topic/>");
            }
        }
    }

    @Test
    void a_client_that_goes_takes_its_subscriptions_with_it() throws Exception {
        MeshBroker broker = one.bean(MeshBroker.class);
        StompPeer peer = StompPeer.connect(stomp(one)).subscribed("/topic/a").subscribed("/topic/b");
        assertThat(broker.subscriptions()).isEqualTo(2);
        peer.close();
        await().atMost(TestNode.PATIENCE).until(() -> broker.subscriptions() == 0);
    }
}
