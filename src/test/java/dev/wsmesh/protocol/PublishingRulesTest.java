package dev.wsmesh.protocol;

import static dev.wsmesh.protocol.Bench.OWN;
import static dev.wsmesh.protocol.Bench.batch;
import static dev.wsmesh.protocol.Bench.stream;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.protocol.Input.Acknowledgements;
import dev.wsmesh.protocol.Input.Backpressure;
import dev.wsmesh.protocol.Message.Batch;
import dev.wsmesh.protocol.Message.Have;
import dev.wsmesh.protocol.Message.Miss;
import dev.wsmesh.protocol.Settings.Broadcasting;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The numbered rules of the protocol's chapter on broadcast: the publishing end; each test is named after what it prevents. */
class PublishingRulesTest {
    private static final StreamId S = stream(9);

    private static List<Long> broughtOfOurs(Bench bench, LinkId link) {
        return bench.brought(link).stream()
                .filter(batch -> batch.stream().equals(OWN))
                .flatMap(batch ->
                        LongStream.rangeClosed(batch.first(), batch.last()).boxed())
                .toList();
    }

    /** From where on what is left of it was offered. */
    private static long missedOfOurs(Bench bench, LinkId link) {
        return bench.said(link, Miss.class).stream()
                .filter(miss -> miss.stream().equals(OWN))
                .mapToLong(Miss::base)
                .sum();
    }

    private static Have have(StreamId stream, long base, long contiguous) {
        return new Have(stream, base, contiguous);
    }

    @Test
    void rule13AnAcknowledgementIsNotCountedForARecordThatIsEvictedAgain() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        Acknowledgements one = new Acknowledgements(1, bench.now() + 1_000_000_000L, false);
        bench.publish(10, Backpressure.FAIL, one);
        bench.receive(link, have(OWN, 2, 1));
        assertThat(bench.outputs(Output.Acknowledged.class)).isEmpty();
        bench.receive(link, have(OWN, 1, 1));
        assertThat(bench.outputs(Output.Acknowledged.class)).hasSize(1);
    }

    @Test
    void rule13AnAcknowledgementDoesNotWaitForTheNextAnnouncement() {
        Bench bench = new Bench();
        LinkId origin = bench.neighbour(9);
        Batch asked = new Batch(S, 1, 0, true, List.of(Bench.encoded(1)));
        bench.receive(origin, asked);
        assertThat(bench.said(origin, Have.class)).containsExactly(have(S, 1, 1));
    }

    @Test
    void rule13WhoLeavesDoesNotLeaveItsPublishersWaiting() {
        Bench bench = new Bench();
        bench.neighbour(1);
        long deadline = bench.now() + Duration.ofMinutes(1).toNanos();
        long ticket = bench.publish(10, Backpressure.FAIL, new Acknowledgements(1, deadline, false));
        bench.give(new Input.Leave());
        bench.seconds(3);
        assertThat(bench.outputs(Output.AcknowledgementFailed.class))
                .containsExactly(new Output.AcknowledgementFailed(ticket, 0));
    }

    @Test
    void rule13ANeighbourThatHasNotSaidWhatItWantsIsNotCounted() {
        Bench bench = new Bench();
        LinkId link = bench.accept(1, Intent.JOIN);
        Acknowledgements one = new Acknowledgements(1, bench.now() + 1_000_000_000L, false);
        bench.publish(10, Backpressure.FAIL, one);
        assertThat(bench.outputs(Output.PublishRefused.class)).hasSize(1);
        assertThat(bench.outputs(Output.NeighbourUp.class)).isEmpty();
        bench.digest(link, Message.DigestComplete.NEVER);
        assertThat(bench.outputs(Output.NeighbourUp.class)).hasSize(1);
        bench.publish(10, Backpressure.FAIL, one);
        assertThat(bench.outputs(Output.Published.class))
                .singleElement()
                .satisfies(each -> assertThat(each.neighbours()).isEqualTo(1));
        bench.down(link);
        assertThat(bench.outputs(Output.NeighbourDown.class)).hasSize(1);
    }

    @Test
    void rule13AProbeIsNoNeighbourThatHolds() {
        Bench bench = new Bench();
        bench.neighbour(1);
        LinkId probe = bench.accept(2, Intent.PROBE);
        long deadline = bench.now() + Duration.ofMinutes(1).toNanos();
        bench.publish(10, Backpressure.FAIL, new Acknowledgements(1, deadline, false));
        long last = bench.view().streams().getFirst().next() - 1;
        bench.receive(probe, have(OWN, 1, last));
        assertThat(bench.outputs(Output.Acknowledged.class)).isEmpty();
    }

    @Test
    void rule13NobodyWaitsForNeighboursThatDoNotExist() {
        Bench bench = new Bench();
        Acknowledgements two = new Acknowledgements(2, bench.now() + 1_000_000_000L, false);
        bench.neighbour(1);
        bench.publish(10, Backpressure.FAIL, two);
        assertThat(bench.outputs(Output.PublishRefused.class))
                .extracting(Output.PublishRefused::reason)
                .containsExactly(Output.Refusal.TOO_FEW_NEIGHBOURS);
        bench.publish(10, Backpressure.FAIL, new Acknowledgements(2, bench.now() + 1_000_000_000L, true));
        bench.seconds(2);
        assertThat(bench.outputs(Output.AcknowledgementFailed.class)).hasSize(1);
    }

    @Test
    void rule14APublisherDoesNotOutrunItsSlowestNeighbour() {
        Bench bench = Bench.with(Broadcasting.DEFAULT.withPublishWindow(1_000));
        LinkId slow = bench.neighbour(1);
        bench.stick(slow);
        for (int i = 0; i < 20; i++) {
            bench.publish(100, Backpressure.FAIL, null);
        }
        assertThat(bench.outputs(Output.PublishRefused.class)).isNotEmpty();
        bench.unstick(slow);
        assertThat(bench.outputs(Output.WindowOpened.class)).hasSize(1);
    }

    @Test
    void rule14ALaggardDoesNotHoldThePublisherForEver() {
        Bench bench = Bench.with(Broadcasting.DEFAULT.withPublishWindow(1_000));
        LinkId slow = bench.neighbour(1);
        bench.stick(slow);
        for (int i = 0; i < 20; i++) {
            bench.publish(100, Backpressure.FAIL, null);
        }
        bench.seconds(6);
        bench.forgetOutputs();
        bench.publish(100, Backpressure.FAIL, null);
        assertThat(bench.outputs(Output.PublishRefused.class)).isEmpty();
        assertThat(bench.counted(Counter.LAGGARDS)).isEqualTo(1);
    }

    @Test
    void rule14ARelayDoesNotStopReadingForASlowNeighbourWhichIsToldOfItsGap() {
        Bench bench = Bench.with(Broadcasting.DEFAULT.bounded(1_000, Duration.ofMinutes(2), 10, 10));
        LinkId source = bench.neighbour(1);
        LinkId swift = bench.neighbour(2);
        LinkId slow = bench.neighbour(3);
        bench.receive(source, batch(S, 1, 1));
        bench.stick(slow);
        for (int i = 2; i <= 100; i++) {
            bench.receive(source, batch(S, i, i));
        }
        assertThat(bench.delivered(S)).hasSize(100);
        assertThat(bench.brought(swift).stream()
                        .mapToInt(each -> each.records().size())
                        .sum())
                .isEqualTo(100);
        bench.said(slow);
        bench.unstick(slow);
        assertThat(bench.said(slow, Miss.class)).singleElement().satisfies(miss -> {
            assertThat(miss.stream()).isEqualTo(S);
            assertThat(miss.base()).isGreaterThan(4);
        });
    }

    @Test
    void rule14WhatASlowNeighbourIsOwedIsNotEvictedForWhatOthersPublish() {
        Bench bench = Bench.with(Broadcasting.DEFAULT.bounded(8_000, Duration.ofMinutes(2), 10, 10));
        LinkId source = bench.neighbour(1);
        LinkId slow = bench.neighbour(2);
        bench.fill(slow);
        for (int i = 0; i < 20; i++) {
            bench.publish(100, Backpressure.FAIL, null);
        }
        assertThat(bench.outputs(Output.Published.class)).hasSize(11);
        bench.fillLog(source, 1, 1);
        bench.unstick(slow);
        assertThat(broughtOfOurs(bench, slow)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L);
    }

    @Test
    void rule14WhatALaggardIsOwedMakesRoomForWhatOthersPublish() {
        Bench bench = Bench.with(Broadcasting.DEFAULT.bounded(8_000, Duration.ofMinutes(2), 10, 10));
        LinkId source = bench.neighbour(1);
        LinkId slow = bench.neighbour(2);
        bench.fill(slow);
        for (int i = 0; i < 20; i++) {
            bench.publish(100, Backpressure.FAIL, null);
        }
        bench.seconds(6);
        assertThat(bench.counted(Counter.LAGGARDS)).isEqualTo(1);
        bench.fillLog(source, 1, 1);
        bench.unstick(slow);
        assertThat(missedOfOurs(bench, slow)).isBetween(2L, 11L);
    }

    /** Whoever of them is furthest behind. */
    @Test
    void rule14WhatEachOfTwoSlowNeighboursIsOwedIsNotEvicted() {
        Bench bench = Bench.with(Broadcasting.DEFAULT.bounded(8_000, Duration.ofMinutes(2), 10, 10));
        LinkId source = bench.neighbour(1);
        LinkId slow = bench.neighbour(2);
        LinkId slower = bench.neighbour(3);
        bench.fill(slower);
        bench.publish(5, 100);
        bench.fill(slow);
        bench.publish(5, 100);
        bench.fillLog(source, 1, 1);
        bench.unstick(slow);
        bench.unstick(slower);
        assertThat(broughtOfOurs(bench, slow)).hasSize(10);
        assertThat(broughtOfOurs(bench, slower)).hasSize(10);
    }

    @Test
    void rule14OfWhatIsOwedNoMoreIsKeptThanTheWindowAndTheRecordThatFillsIt() {
        Settings settings = Settings.of(Bench.SELF, new Address("ws://self"), List.of())
                .withFrameBytes(Limits.FRAME_TARGET_BYTES)
                .with(Broadcasting.DEFAULT.bounded(1_000_000, Duration.ofMinutes(2), 10, 10));
        Bench bench = new Bench(settings);
        LinkId source = bench.neighbour(1);
        LinkId slow = bench.neighbour(2);
        bench.fill(slow);
        bench.publish(100, 10_000);
        bench.fillLog(source, 1, 10_000);
        long kept = 250_000L + settings.limits().recordBytes();
        assertThat(settings.limits().recordBytes()).isLessThan(100_000);
        bench.unstick(slow);
        // And as much as each of the others may have.
        assertThat(missedOfOurs(bench, slow)).isBetween(100 - (kept + 100_000) / 10_000, 100 - kept / 10_100);
    }

    @Test
    void rule14WhoPublishesWithoutWaitingLeavesOthersHalfOfTheRoom() {
        Bench bench = Bench.with(Broadcasting.DEFAULT.bounded(8_000, Duration.ofMinutes(2), 10, 10));
        LinkId source = bench.neighbour(1);
        LinkId slow = bench.neighbour(2);
        bench.fill(slow);
        bench.publish(100, 100);
        bench.fillLog(source, 1, 1);
        bench.unstick(slow);
        // Half of it, and as much as each of the others may have.
        assertThat(missedOfOurs(bench, slow)).isBetween(70L, 100L - 4_000 / (100 + StreamLog.OVERHEAD_BYTES));
    }

    @Test
    void aNodeThatMeetsItsOwnFutureDoesNotPublishTheSameNumbersTwice() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1, have(new StreamId(Bench.SELF, 500), 1, 7));
        assertThat(bench.outputs(Output.EpochTaken.class))
                .singleElement()
                .satisfies(each -> assertThat(each.epoch()).isGreaterThan(500));
        assertThat(bench.outputs(Output.Close.class))
                .extracting(Output.Close::link)
                .containsExactly(link);
    }

    @Test
    void whoHoldsAnEarlierStreamOfOursHasNotAcknowledgedThisOne() {
        Bench bench = new Bench();
        bench.publish(10);
        bench.neighbour(1, new Have(new StreamId(Bench.SELF, 500), 1, 7));
        LinkId link = bench.neighbour(2);
        long deadline = bench.now() + Duration.ofHours(1).toNanos();
        bench.publish(10, Backpressure.FAIL, new Acknowledgements(1, deadline, false));
        bench.receive(link, new Have(OWN, 1, 1));
        assertThat(bench.outputs(Output.Acknowledged.class)).isEmpty();
        bench.receive(link, new Have(bench.view().own(), 1, 1));
        assertThat(bench.outputs(Output.Acknowledged.class)).hasSize(1);
    }
}
