package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.protocol.Message;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** Publishers that are faster than the mesh. */
class HttpBackpressureTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int PUBLISHERS = 8;
    private static final int TAKEN_EACH = 15;
    private static final String FILLER = "x".repeat(200_000);

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void a_publisher_that_does_not_want_to_wait_is_told_to_come_again_and_that_nothing_was_published()
            throws Exception {
        try (TestNode node = TestNode.start("--mesh.retention.max-bytes=1MB", "--mesh.links.send-timeout=30s");
                HostilePeer silent = HostilePeer.link(node.port())) {
            silent.send(new Message.DigestComplete(0));
            node.awaitNeighbours(1);
            AtomicReference<HttpResponse<String>> last = new AtomicReference<>();
            await().atMost(PATIENCE).pollDelay(Duration.ZERO).until(() -> {
                last.set(post(node));
                return last.get().statusCode() != 202;
            });
            HttpResponse<String> refused = last.get();
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(429);
            assertThat(refused.headers().firstValue("retry-after")).hasValue("1");
            assertThat(refused.body())
                    .contains("urn:wsmesh:problem:congested", "\"published\":false", "try again later");
        }
    }

    /**
     * Several publish at once through one node, whose only way to the other one is stuck until they have all been held back, or refused.
     * Each body is sent once, and whatever the answer to it was, nothing else may have become of it.
     */
    @ParameterizedTest
    @CsvSource({"fail, 10s, true", "wait, 1ms, true", "wait, 1m, false"})
    void what_was_taken_arrives_once_and_in_order_and_what_was_refused_does_not(
            String policy, String timeout, boolean refuses) throws Exception {
        try (TestNode one = start();
                Cable cable = Cable.to(one.port());
                TestNode two = start("--mesh.peers=" + cable.url(), "--mesh.outbound-only=true")) {
            one.awaitNeighbours(1);
            two.awaitNeighbours(1);
            cable.swallowToDialler();
            Answers answers = new Answers();
            try (ExecutorService publishers = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> each = new ArrayList<>();
                for (int i = 0; i < PUBLISHERS; i++) {
                    String name = "publisher-" + i;
                    each.add(publishers.submit(() -> publish(one, name, policy, timeout, answers)));
                }
                try {
                    awaitHeldBack(answers, refuses);
                } finally {
                    cable.heal();
                }
                for (Future<?> publisher : each) {
                    publisher.get();
                }
            }
            assertThat(answers.taken).hasSize(PUBLISHERS * TAKEN_EACH);
            assertThat(answers.refused.isEmpty()).isNotEqualTo(refuses);
            List<String> taken = List.copyOf(answers.taken.values());
            for (TestNode node : List.of(one, two)) {
                await().atMost(PATIENCE.multipliedBy(2))
                        .until(() -> messages(node).size() >= taken.size());
                assertThat(messages(node)).isEqualTo(taken);
            }
            for (int i = 0; i < PUBLISHERS; i++) {
                String own = "publisher-" + i + " ";
                assertThat(taken)
                        .filteredOn(name -> name.startsWith(own))
                        .hasSize(TAKEN_EACH)
                        .isSortedAccordingTo(Comparator.comparingInt(HttpBackpressureTest::number));
            }
        }
    }

    private static TestNode start(String... properties) {
        List<String> all = new ArrayList<>(List.of("--mesh.retention.max-bytes=1MB", "--mesh.links.send-timeout=30s"));
        all.addAll(List.of(properties));
        return TestNode.start(all.toArray(String[]::new));
    }

    private static void awaitHeldBack(Answers answers, boolean refuses) {
        int[] before = {0};
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(500)).until(() -> {
            int taken = answers.taken.size();
            boolean stuck = taken > 0 && taken == before[0];
            before[0] = taken;
            return refuses ? answers.refused.size() >= PUBLISHERS : stuck;
        });
    }

    /** By their positions, as receipts told them; and those of which no receipt came. */
    private static final class Answers {
        private final SortedMap<Long, String> taken = new ConcurrentSkipListMap<>();
        private final Set<String> refused = ConcurrentHashMap.newKeySet();
    }

    private void publish(TestNode node, String publisher, String policy, String timeout, Answers answers) {
        int[] number = {0};
        for (int taken = 0; taken < TAKEN_EACH; taken++) {
            await().atMost(PATIENCE.multipliedBy(3))
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> isTaken(node, publisher + " " + number[0]++, policy, timeout, answers));
        }
    }

    private boolean isTaken(TestNode node, String name, String policy, String timeout, Answers answers)
            throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + node.bind() + "/api/topics/fast"))
                .header("Mesh-Policy", policy)
                .header("Mesh-Timeout", timeout)
                .POST(HttpRequest.BodyPublishers.ofString(name + ";" + FILLER))
                .build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() == 202) {
            long sequence = JSON.readTree(response.body()).path("sequence").asLong();
            assertThat(answers.taken.put(sequence, name)).isNull();
            return true;
        }
        assertThat(response.statusCode()).as(response.body()).isEqualTo(429);
        assertThat(response.body()).contains("urn:wsmesh:problem:congested", "\"published\":false");
        answers.refused.add(name);
        return false;
    }

    private static List<String> messages(TestNode node) {
        return node.texts("fast").stream()
                .map(text -> text.substring(0, text.indexOf(';')))
                .toList();
    }

    private static int number(String name) {
        return Integer.parseInt(name.substring(name.indexOf(' ') + 1));
    }

    private HttpResponse<String> post(TestNode node) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + node.bind() + "/api/topics/load"))
                .header("Mesh-Policy", "fail")
                .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[100_000]))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
