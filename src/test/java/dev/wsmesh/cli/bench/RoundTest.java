package dev.wsmesh.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.wsmesh.node.Gap;
import dev.wsmesh.node.Message;
import dev.wsmesh.node.Position;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.StreamId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What one node counts in a round of three nodes, of which it is the first. */
class RoundTest {

    private static final int ROUND = 2;
    private static final int SIZE = 40;
    private static final StreamId STREAM = new StreamId(new NodeId(1, 1), 1);

    private final Round round = new Round(ROUND, 0, 3, SIZE);

    @Test
    void what_others_send_counts_and_the_own_does_not() {
        receive(ROUND, 0, 0);
        receive(ROUND, 1, 0);
        assertThat(round.received()).isEqualTo(1);
        assertThat(round.hasHeardAll()).isFalse();
        receive(ROUND, 2, 0);
        assertThat(round.hasHeardAll()).isTrue();
    }

    @Test
    void stragglers_of_another_round_do_not_count() {
        receive(ROUND - 1, 1, 0);
        assertThat(seen().received()).isZero();
        assertThat(seen().damaged()).isZero();
    }

    @Test
    void what_comes_twice_or_late_is_seen() {
        receive(ROUND, 1, 0);
        receive(ROUND, 1, 2);
        receive(ROUND, 1, 1);
        receive(ROUND, 1, 2);
        assertThat(seen().received()).isEqualTo(3);
        assertThat(seen().outOfOrder()).isEqualTo(1);
        assertThat(seen().duplicates()).isEqualTo(1);
    }

    @Test
    void what_is_torn_is_seen() {
        byte[] payload = payload(ROUND, 1, 5, SIZE);
        payload[7]++;
        receive(payload);
        receive(payload(ROUND, 1, 6, SIZE - 1));
        receive(new byte[3]);
        byte[] changed = payload(ROUND, 1, 7, SIZE);
        changed[SIZE - 7]++;
        receive(changed);
        byte[] displaced = payload(ROUND, 1, 8, SIZE);
        System.arraycopy(displaced, Stamp.BYTES, displaced, Stamp.BYTES + 1, SIZE - Stamp.BYTES - 1);
        receive(displaced);
        byte[] mixed = payload(ROUND, 1, 9, SIZE);
        System.arraycopy(payload(ROUND, 1, 10, SIZE), SIZE - 8, mixed, SIZE - 8, 8);
        receive(mixed);
        byte[] otherOrigin = payload(ROUND, 1, 11, SIZE);
        System.arraycopy(payload(ROUND, 2, 11, SIZE), SIZE - 8, otherOrigin, SIZE - 8, 8);
        receive(otherOrigin);
        assertThat(seen().damaged()).isEqualTo(7);
        assertThat(seen().received()).isZero();
    }

    @Test
    void gaps_are_added_up() {
        round.onGap(new Gap(STREAM, 5, 9, Gap.Cause.NOT_RETAINED));
        assertThat(seen().gapped()).isEqualTo(5);
    }

    @Test
    void what_is_told_to_be_lost_is_not_waited_for() {
        receive(ROUND, 1, 0);
        round.onGap(new Gap(STREAM, 5, 9, Gap.Cause.NOT_RETAINED));
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> round.awaitAccounted(6));
    }

    @Test
    void a_changed_bit_of_a_stamp_shows() {
        for (int sequence = 0; sequence < 500; sequence++) {
            for (int bit = Byte.SIZE; bit < Long.SIZE; bit++) {
                byte[] changed = payload(ROUND, 1, sequence, SIZE);
                changed[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
                receive(changed);
            }
        }
        assertThat(seen().damaged()).isEqualTo(500 * (Long.SIZE - Byte.SIZE));
    }

    @Test
    void the_delay_counts_from_the_stamp() {
        receive(stamped(
                new Stamp(ROUND, 1, 0, System.nanoTime() - Duration.ofSeconds(3).toNanos()), SIZE));
        assertThat(seen().delays().longest()).isBetween(3_000_000_000L, 60_000_000_000L);
    }

    @Test
    void the_promise_is_kept_where_gaps_tell_of_all_that_is_missing() {
        assertThat(outcome(10, 19, 1).isKept()).isTrue();
        assertThat(outcome(10, 19, 1).lost()).isEqualTo(1);
        assertThat(outcome(10, 19, 0).isKept()).isFalse();
        assertThat(outcome(10, 20, 0).isKept()).isTrue();
    }

    private static Outcome outcome(long published, long received, long gapped) {
        Plan plan = new Plan(
                3,
                SIZE,
                0,
                Plan.Topology.MESH,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                List.of(),
                List.of());
        Report report = new Report();
        report.published(published, 0);
        report.received(received, 0, 0);
        report.missed(0, gapped);
        report.last(2_000_000_000L);
        return Outcome.of(plan, Report.decode(report.encode()), 3, 2048);
    }

    /** As the leader hears of it. */
    private Report seen() {
        return Report.decode(round.report().encode());
    }

    private void receive(int number, int origin, int sequence) {
        receive(payload(number, origin, sequence, SIZE));
    }

    private void receive(byte[] payload) {
        round.onMessage(
                new Message(new Position(STREAM, 1), Round.TOPIC, Bytes.wrap(payload), "", List.of(), Instant.EPOCH));
    }

    private static byte[] payload(int number, int origin, int sequence, int size) {
        return stamped(new Stamp(number, origin, sequence, System.nanoTime()), size);
    }

    private static byte[] stamped(Stamp stamp, int size) {
        return stamp.payload(size, Stamp.filler(size));
    }
}
