package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.node.LinkView;
import dev.wsmesh.node.PublishReceipt;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes that dial each other at the same moment, under load: one link is left, and no message is lost or doubled. */
class CrossingDialsTest {

    private static final Duration OFTEN = Duration.ofMillis(1);

    @Test
    void two_nodes_that_dial_each_other_again_and_again_keep_one_link_and_every_message() throws Exception {
        int[] ports = FreePorts.find(2);
        try (Cable toSecond = Cable.to(ports[1]);
                Cable toFirst = Cable.to(ports[0]);
                TestNode first =
                        TestNode.startAt(ports[0], "--mesh.peers=" + toSecond.url(), "--mesh.membership.fill=false");
                TestNode second =
                        TestNode.startAt(ports[1], "--mesh.peers=" + toFirst.url(), "--mesh.membership.fill=false")) {
            List<DeliveryBook> books =
                    List.of(DeliveryBook.of(first.mesh(), "load.*"), DeliveryBook.of(second.mesh(), "load.*"));
            awaitOneLink(first, second);
            LoadingNode one = LoadingNode.on(first, "load.one", OFTEN);
            LoadingNode other = LoadingNode.on(second, "load.other", OFTEN);
            for (int i = 0; i < 10; i++) {
                one.awaitMore(20);
                other.awaitMore(20);
                List<Cable> cables = List.of(toFirst, toSecond);
                // Both lose it at the same moment, and both dial.
                cables.forEach(Cable::cut);
                await().atMost(PATIENCE)
                        .until(() -> links(first).isEmpty() && links(second).isEmpty());
                cables.forEach(Cable::heal);
                awaitOneLink(first, second);
            }
            Map<PublishReceipt, String> published = new LinkedHashMap<>(one.stop());
            published.putAll(other.stop());
            for (DeliveryBook book : books) {
                await().atMost(PATIENCE).until(() -> published.keySet().stream().allMatch(book::has));
                book.assertHolds(published);
            }
        }
    }

    @Test
    void dials_that_cross_while_one_side_restarts_leave_one_link_and_every_message(@TempDir Path directory)
            throws Exception {
        int[] ports = FreePorts.find(2);
        try (Cable toReturning = Cable.to(ports[1]);
                Cable toStaying = Cable.to(ports[0]);
                TestNode staying = TestNode.startAt(
                        ports[0], "--mesh.peers=" + toReturning.url(), "--mesh.membership.fill=false");
                TestNode witness = TestNode.start("--mesh.peers=" + staying.url(), "--mesh.membership.fill=false")
                        .awaitNeighbours(1)) {
            staying.awaitNeighbours(1);
            List<Cable> cables = List.of(toReturning, toStaying);
            List<DeliveryBook> books =
                    List.of(DeliveryBook.of(staying.mesh(), "load.*"), DeliveryBook.of(witness.mesh(), "load.*"));
            LoadingNode load = LoadingNode.on(staying, "load.staying", OFTEN);
            Map<PublishReceipt, String> published = new LinkedHashMap<>();
            for (int run = 0; run < 4; run++) {
                cables.forEach(Cable::cut);
                try (TestNode returning = TestNode.startAt(
                        ports[1],
                        "--mesh.peers=" + toStaying.url(),
                        "--mesh.membership.fill=false",
                        "--mesh.data-dir=" + directory.resolve("returning"))) {
                    DeliveryBook its = DeliveryBook.of(returning.mesh(), "load.*");
                    LoadingNode itsLoad = LoadingNode.on(returning, "load.returning", OFTEN);
                    itsLoad.awaitMore(20);
                    // Both have dialled in vain, and go on doing so: now both get through.
                    cables.forEach(Cable::heal);
                    awaitOneLink(staying, returning);
                    Map<PublishReceipt, String> before = load.published();
                    load.awaitMore(50);
                    itsLoad.awaitMore(50);
                    Map<PublishReceipt, String> since = load.published();
                    since.keySet().removeAll(before.keySet());
                    await().atMost(PATIENCE).until(() -> since.keySet().stream().allMatch(its::has));
                    its.assertHolds(since);
                    awaitOneLink(staying, returning);
                    // It leaves while it publishes.
                    returning.context().close();
                    published.putAll(itsLoad.stop());
                }
                await().atMost(PATIENCE).until(() -> links(staying).size() == 1);
            }
            published.putAll(load.stop());
            for (DeliveryBook book : books) {
                await().atMost(PATIENCE).until(() -> published.keySet().stream().allMatch(book::has));
                book.assertHolds(published);
            }
        }
    }

    private static void awaitOneLink(TestNode first, TestNode second) {
        await().atMost(PATIENCE).until(() -> links(first, second) == 1 && links(second, first) == 1);
    }

    private static long links(TestNode node, TestNode other) {
        return links(node).stream()
                .filter(link -> link.id().peer().equals(other.id()))
                .count();
    }

    private static Collection<LinkView> links(TestNode node) {
        return node.mesh().view().links();
    }
}
