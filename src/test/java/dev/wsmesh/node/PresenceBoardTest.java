package dev.wsmesh.node;

import static dev.wsmesh.node.Presences.announcement;
import static dev.wsmesh.node.Presences.node;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.node.MeshCounters.Drop;
import dev.wsmesh.protocol.NodeId;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Who is on the board, and for how long. */
class PresenceBoardTest {

    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final MeshCounters counters = new MeshCounters();
    private long nanos = -5;
    private Instant wall = Instant.parse("2026-11-22T12:00:00Z");
    private final PresenceBoard board = new PresenceBoard(counters, () -> wall, () -> nanos);

    @Test
    void a_node_is_there_for_three_of_its_intervals() {
        board.take(announcement(1, INTERVAL));
        board.take(announcement(2, INTERVAL.multipliedBy(10)));
        nanos += INTERVAL.multipliedBy(3).toNanos() - 1;
        assertThat(board.nodes()).extracting(NodePresence::name).containsExactly("node1", "node2");
        nanos++;
        assertThat(board.nodes()).extracting(NodePresence::name).containsExactly("node2");
        nanos += INTERVAL.multipliedBy(27).toNanos();
        assertThat(board.nodes()).isEmpty();
    }

    @Test
    void nobody_is_believed_for_ever() {
        board.take(announcement(1, Duration.ofDays(1)));
        nanos += Duration.ofMinutes(30).toNanos();
        assertThat(board.nodes()).isEmpty();
    }

    @Test
    void a_node_that_says_goodbye_is_gone_at_once() {
        board.take(announcement(1, INTERVAL));
        board.take(new Announcement(node(1, "node1", 0), INTERVAL, true));
        assertThat(board.nodes()).isEmpty();
        assertThat(board.nameOf(new NodeId(1, 1))).isNull();
    }

    @Test
    void the_last_words_count_and_when_they_were_heard() {
        board.take(announcement(1, INTERVAL));
        wall = wall.plusSeconds(5);
        board.take(new Announcement(node(1, "renamed", 0), INTERVAL, false));
        assertThat(board.nodes()).singleElement().satisfies(node -> {
            assertThat(node.name()).isEqualTo("renamed");
            assertThat(node.lastSeen()).isEqualTo(wall);
        });
        assertThat(board.nameOf(new NodeId(1, 1))).isEqualTo("renamed");
    }

    @Test
    void one_node_too_many_is_turned_away_and_counted_until_there_is_room() {
        for (int id = 0; id < PresenceBoard.MAX_NODES; id++) {
            board.take(announcement(id, INTERVAL));
        }
        board.take(announcement(9_999, INTERVAL));
        assertThat(board.nodes()).hasSize(PresenceBoard.MAX_NODES);
        assertThat(counters.drops(Drop.PRESENCE)).isEqualTo(1);
        board.take(announcement(3, INTERVAL));
        assertThat(counters.drops(Drop.PRESENCE)).as("it is there already").isEqualTo(1);
        nanos += INTERVAL.multipliedBy(3).toNanos();
        board.take(announcement(9_999, INTERVAL));
        assertThat(board.nodes()).extracting(NodePresence::name).containsExactly("node9999");
    }
}
