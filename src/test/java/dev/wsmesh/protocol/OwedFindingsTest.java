package dev.wsmesh.protocol;

import static dev.wsmesh.protocol.Bench.EPOCH;
import static dev.wsmesh.protocol.Bench.OWN;
import static dev.wsmesh.protocol.Bench.SELF;
import static dev.wsmesh.protocol.Bench.batch;
import static dev.wsmesh.protocol.Bench.stream;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.protocol.Input.Backpressure;
import dev.wsmesh.protocol.Message.Batch;
import dev.wsmesh.protocol.Message.Graft;
import dev.wsmesh.protocol.Message.Have;
import dev.wsmesh.protocol.Message.History;
import dev.wsmesh.protocol.Message.Miss;
import dev.wsmesh.protocol.Settings.Broadcasting;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a reader found in what is owed, in beginnings, and in what waits for whom. */
class OwedFindingsTest {
    private static final StreamId S = stream(9);

    private static Bench small() {
        return Bench.with(Broadcasting.DEFAULT.bounded(8_000, Duration.ofMinutes(2), 10, 100));
    }

    private static long held(Bench bench, StreamId id) {
        return bench.view().streams().stream()
                .filter(each -> each.id().equals(id))
                .mapToLong(each -> each.next() - each.base())
                .sum();
    }

    private static Batch beginning(StreamId id, long first) {
        return new Batch(id, first, 0, false, List.of());
    }

    @Test
    void whatAnEarlierRunWasOwingMakesRoomForOthers() {
        Bench bench = small();
        LinkId source = bench.neighbour(1);
        LinkId slow = bench.neighbour(2);
        bench.fill(slow);
        bench.publish(100, 100);
        bench.fillLog(source, 1, 1);
        bench.receive(source, new Have(new StreamId(SELF, EPOCH + 5), 1, 3));
        bench.down(source);
        bench.down(slow);
        LinkId again = bench.neighbour(1);
        LinkId slowAgain = bench.neighbour(2);
        bench.fill(slowAgain);
        bench.publish(100, 100);
        bench.fillLog(again, 61, 1);
        assertThat(held(bench, stream(11))).isPositive();
        assertThat(held(bench, OWN)).isLessThan(10);
    }

    @Test
    void whoHasPrunedUsIsOwedNothing() {
        Bench bench = small();
        LinkId source = bench.neighbour(1);
        LinkId pruner = bench.neighbour(2);
        bench.publish(1, 10);
        bench.receive(pruner, new Message.Prune(OWN));
        bench.publish(30, 100);
        bench.fillLog(source, 1, 1);
        assertThat(held(bench, OWN)).isLessThan(10);
    }

    @Test
    void whatHasBeenSentMakesRoomAgainWithoutAnotherPublication() {
        Bench bench = small();
        LinkId source = bench.neighbour(1);
        LinkId slow = bench.neighbour(2);
        bench.fill(slow);
        bench.publish(20, 100);
        bench.fillLog(source, 1, 1);
        bench.unstick(slow);
        bench.fillLog(source, 61, 1);
        assertThat(held(bench, OWN)).isLessThan(10);
    }

    @Test
    void aLaggardThatHasCaughtUpIsWaitedForAgainWhateverIsPublishedNext() {
        Bench bench = small();
        bench.neighbour(1);
        LinkId slow = bench.neighbour(2);
        bench.fill(slow);
        for (int i = 0; i < 20; i++) {
            bench.publish(100, Backpressure.FAIL, null);
        }
        bench.seconds(6);
        bench.unstick(slow);
        bench.fill(slow);
        bench.publish(100, Backpressure.IGNORE, null);
        bench.forgetOutputs();
        for (int i = 0; i < 40; i++) {
            bench.publish(100, Backpressure.FAIL, null);
        }
        assertThat(bench.outputs(Output.PublishRefused.class)).isNotEmpty();
    }

    @Test
    void whoOnlySaysWhereAStreamBeginsIsNotTheLastThatIsAskedForItsPast() {
        Bench bench = new Bench();
        LinkId holder = bench.neighbour(1, new Have(S, 50, 99));
        LinkId newcomer = bench.neighbour(2);
        LinkId waits = bench.neighbour(3);
        bench.receive(holder, beginning(S, 100));
        bench.receive(newcomer, beginning(S, 101));
        bench.receive(waits, new Graft(S, 60));
        bench.millis(1);
        bench.receive(newcomer, new History(S, 100, 1_000, List.of()));
        assertThat(bench.said(holder, Message.Backfill.class)).containsExactly(new Message.Backfill(S, 100));
        List<EncodedRecord> past =
                LongStream.rangeClosed(50, 99).mapToObj(Bench::encoded).toList();
        bench.receive(holder, new History(S, 50, 1_000, past));
        bench.millis(10);
        assertThat(bench.lastBrought(waits)).isEqualTo(99);
    }

    /** Who has nothing to give of the past may announce it again and again: what it has is too large for us. */
    @Test
    void whoHadNothingToGiveOfThePastIsNotAskedForItAgain() {
        Bench bench = new Bench();
        LinkId one = bench.neighbour(1, new Have(S, 50, 99));
        LinkId other = bench.neighbour(2, new Have(S, 50, 99));
        bench.receive(one, beginning(S, 100));
        int asks = 0;
        for (int record = 100; record < 200; record++) {
            bench.receive(one, batch(S, record, record));
            bench.millis(100);
            for (LinkId each : List.of(one, other)) {
                if (!bench.said(each, Message.Backfill.class).isEmpty()) {
                    asks++;
                    bench.receive(each.equals(one) ? other : one, new Have(S, 50, record));
                    bench.receive(each, new History(S, 100, 0, List.of()));
                }
            }
        }
        assertThat(asks).isEqualTo(2);
    }

    @Test
    void whatWePublishedInAnEarlierRunIsNoGapAlsoIfItIsMissed() {
        StreamId earlier = new StreamId(SELF, EPOCH - 50);
        Bench bench = new Bench();
        LinkId one = bench.neighbour(1);
        LinkId other = bench.neighbour(2);
        bench.receive(one, beginning(earlier, 4));
        bench.receive(other, new Miss(earlier, 8, false));
        bench.receive(one, new Miss(earlier, 4, true));
        bench.seconds(200);
        assertThat(bench.outputs(Output.Gap.class)).isEmpty();
    }
}
