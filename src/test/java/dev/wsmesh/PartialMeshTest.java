package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.node.PublishReceipt;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Meshes in which few nodes are linked with each other, and stay so: everything reaches everyone all the same. */
class PartialMeshTest {

    private static final int MESSAGES = 20;

    /** The first one dials the second. */
    private record Edge(int from, int to) {}

    @Test
    void a_line_of_eight() throws Exception {
        assertDelivers(
                8, IntStream.range(0, 7).mapToObj(i -> new Edge(i + 1, i)).toList());
    }

    @Test
    void a_ring_of_eight() throws Exception {
        assertDelivers(
                8, IntStream.range(0, 8).mapToObj(i -> new Edge(i, (i + 1) % 8)).toList());
    }

    @Test
    void a_star_of_one_and_eight() throws Exception {
        assertDelivers(9, IntStream.range(1, 9).mapToObj(i -> new Edge(i, 0)).toList());
    }

    @Test
    void a_random_graph_of_twenty_with_degree_three() throws Exception {
        assertDelivers(20, regular(20, 3, new Random(20)));
    }

    private static void assertDelivers(int size, List<Edge> edges) throws IOException {
        int[] ports = FreePorts.find(size);
        List<TestNode> nodes = new ArrayList<>();
        try {
            for (int i = 0; i < size; i++) {
                nodes.add(TestNode.startAt(
                        ports[i],
                        "--mesh.peers=" + String.join(",", urls(i, edges, ports)),
                        "--mesh.membership.fill=false",
                        "--spring.main.lazy-initialization=false",
                        "--spring.main.banner-mode=off"));
            }
            for (int i = 0; i < size; i++) {
                nodes.get(i).awaitNeighbours(degree(i, edges));
            }
            List<DeliveryBook> books = nodes.stream()
                    .map(node -> DeliveryBook.of(node.mesh(), "t"))
                    .toList();
            Map<PublishReceipt, String> published = new LinkedHashMap<>();
            for (int i = 0; i < MESSAGES; i++) {
                for (TestNode node : nodes) {
                    String text = node.bind() + "/" + i;
                    published.put(node.mesh().publish("t", text), text);
                }
            }
            for (DeliveryBook book : books) {
                await().atMost(PATIENCE).until(() -> published.keySet().stream().allMatch(book::has));
                book.assertHolds(published);
                assertThat(book.size()).isEqualTo(size * MESSAGES);
            }
            for (int i = 0; i < size; i++) {
                assertThat(nodes.get(i).neighbours())
                        .as("nobody has links that were not configured")
                        .hasSize(degree(i, edges));
            }
        } finally {
            nodes.forEach(TestNode::close);
        }
    }

    private static List<String> urls(int from, List<Edge> edges, int[] ports) {
        return edges.stream()
                .filter(edge -> edge.from() == from)
                .map(edge -> "ws://localhost:" + ports[edge.to()])
                .toList();
    }

    private static int degree(int node, List<Edge> edges) {
        return (int) edges.stream()
                .filter(edge -> edge.from() == node || edge.to() == node)
                .count();
    }

    /** Pairs free ends by chance, until that makes a connected graph without double edges. */
    private static List<Edge> regular(int size, int degree, Random random) {
        while (true) {
            List<Integer> ends = new ArrayList<>();
            IntStream.range(0, size * degree).forEach(i -> ends.add(i % size));
            java.util.Collections.shuffle(ends, random);
            Set<List<Integer>> pairs = new java.util.LinkedHashSet<>();
            for (int i = 0; i < ends.size(); i += 2) {
                pairs.add(List.of(Math.min(ends.get(i), ends.get(i + 1)), Math.max(ends.get(i), ends.get(i + 1))));
            }
            boolean simple = pairs.size() == size * degree / 2
                    && pairs.stream().noneMatch(pair -> pair.get(0).equals(pair.get(1)));
            List<Edge> edges = pairs.stream()
                    .map(pair -> new Edge(pair.get(0), pair.get(1)))
                    .toList();
            if (simple && isConnected(size, edges)) {
                return edges;
            }
        }
    }

    private static boolean isConnected(int size, List<Edge> edges) {
        Set<Integer> reached = new TreeSet<>(Set.of(0));
        for (int i = 0; i < size; i++) {
            for (Edge edge : edges) {
                if (reached.contains(edge.from()) || reached.contains(edge.to())) {
                    reached.addAll(List.of(edge.from(), edge.to()));
                }
            }
        }
        return reached.size() == size;
    }
}
