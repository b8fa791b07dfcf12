package dev.wsmesh.protocol;

import static dev.wsmesh.protocol.Bench.OWN;
import static dev.wsmesh.protocol.Bench.batch;
import static dev.wsmesh.protocol.Bench.encoded;
import static dev.wsmesh.protocol.Bench.stream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.wsmesh.protocol.Message.Batch;
import dev.wsmesh.protocol.Message.DigestComplete;
import dev.wsmesh.protocol.Message.Graft;
import dev.wsmesh.protocol.Message.Have;
import dev.wsmesh.protocol.Message.Miss;
import dev.wsmesh.protocol.Message.Prune;
import dev.wsmesh.protocol.Settings.Broadcasting;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The numbered rules of the protocol's chapter on broadcast: when and from where a stream is pushed; each test is named after what it prevents. */
class SendingRulesTest {
    private static final StreamId S = stream(9);

    private static Have have(StreamId stream, long base, long contiguous) {
        return new Have(stream, base, contiguous);
    }

    @Test
    void rule1NothingIsPushedToANeighbourWhoseDigestIsNotComplete() {
        Bench bench = new Bench();
        bench.publish(10);
        LinkId link = bench.accept(1, Intent.HIGH);
        assertThat(bench.said(link, Batch.class)).isEmpty();
        bench.digest(link, 600_000);
        assertThat(bench.said(link, Batch.class))
                .singleElement()
                .satisfies(each -> assertThat(each.first()).isEqualTo(1));
    }

    @Test
    void rule1WhatTheNeighbourHoldsIsNotPushedAgain() {
        Bench bench = new Bench();
        LinkId source = bench.neighbour(1);
        bench.receive(source, batch(S, 1, 5));
        LinkId level = bench.neighbour(2, have(S, 1, 5));
        LinkId behind = bench.neighbour(3, have(S, 1, 3));
        assertThat(bench.said(level, Batch.class)).isEmpty();
        assertThat(bench.said(behind, Batch.class)).singleElement().satisfies(each -> {
            assertThat(each.first()).isEqualTo(4);
            assertThat(each.last()).isEqualTo(5);
        });
    }

    @Test
    void rule2WhatWaitsForAnEarlierRecordIsNeitherRelayedNorAnnounced() {
        Bench bench = new Bench();
        LinkId source = bench.neighbour(1);
        LinkId other = bench.neighbour(2);
        bench.receive(source, batch(S, 1, 1), batch(S, 3, 3));
        bench.millis(100);
        assertThat(bench.said(other)).allSatisfy(each -> {
            if (each instanceof Batch relayed) {
                assertThat(relayed.last()).isEqualTo(1);
            }
            if (each instanceof Have announced) {
                assertThat(announced.contiguous()).isLessThan(2);
            }
        });
        assertThat(bench.delivered(S)).containsExactly(1L);
    }

    @Test
    void rule2AStreamDoesNotComeBackToItsOrigin() {
        Bench bench = new Bench();
        LinkId source = bench.neighbour(1);
        LinkId origin = bench.neighbour(9);
        bench.receive(source, batch(S, 1, 3));
        bench.receive(origin, new Graft(S, 1));
        assertThat(bench.said(origin, Batch.class)).isEmpty();
    }

    @Test
    void rule3ANewcomerDoesNotMissWhatWasPublishedWhileItListened() {
        Bench bench = new Bench();
        bench.publish(10);
        bench.seconds(20);
        bench.publish(10);
        bench.publish(10);
        LinkId newcomer = bench.accept(1, Intent.HIGH);
        bench.digest(newcomer, 5_000);
        assertThat(bench.brought(newcomer)).singleElement().satisfies(each -> {
            assertThat(each.first()).isEqualTo(2);
            assertThat(each.last()).isEqualTo(3);
        });
    }

    @Test
    void rule3ANewcomerIsNotLeftInTheDarkAboutWhatWasEvictedWhileItListened() {
        Bench bench = Bench.with(Broadcasting.DEFAULT.bounded(1_000, Duration.ofMinutes(2), 10, 10));
        bench.publish(50, 100);
        LinkId newcomer = bench.accept(1, Intent.HIGH);
        bench.digest(newcomer, 600_000);
        assertThat(bench.said(newcomer, Batch.class)).isEmpty();
    }

    @Test
    void rule3AMissThatComesFirstLeadsToAGapFromTheBeginning() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        bench.receive(link, new Miss(S, 40, false), have(S, 40, 60));
        bench.seconds(8);
        assertThat(bench.outputs(Output.Gap.class)).containsExactly(new Output.Gap(S, 1, 39));
        assertThat(bench.said(link, Graft.class)).last().isEqualTo(new Graft(S, 40));
    }

    @Test
    void rule3AJoinerIsNotFloodedWithThePast() {
        Bench bench = new Bench();
        for (int i = 0; i < 10; i++) {
            bench.publish(10);
            bench.seconds(2);
        }
        LinkId joiner = bench.accept(1, Intent.JOIN);
        bench.digest(joiner, DigestComplete.NEVER);
        assertThat(bench.said(joiner, Batch.class)).containsExactly(new Batch(OWN, 11, 2_000, false, List.of()));
        bench.publish(10);
        assertThat(bench.said(joiner, Batch.class))
                .singleElement()
                .satisfies(each -> assertThat(each.first()).isEqualTo(11));
    }

    @Test
    void rule3WhatIsPublishedOnceALinkIsUpIsNotLostToAJoinerThatHasNotHeardUsYet() {
        Bench bench = new Bench();
        bench.publish(10);
        bench.seconds(2);
        LinkId joiner = bench.accept(1, Intent.JOIN);
        bench.publish(10);
        bench.digest(joiner, DigestComplete.NEVER);
        assertThat(bench.brought(joiner))
                .singleElement()
                .satisfies(each -> assertThat(each.first()).isEqualTo(2));
    }

    @Test
    void rule3AJoinerDoesNotSkipWhatCameAfterItsFirstLinkBecauseAnotherNeighbourIsFurther() {
        Bench bench = new Bench();
        LinkId first = bench.neighbour(1, new Have(S, 1, 3));
        LinkId faster = bench.neighbour(2, new Have(S, 1, 4));
        assertThat(bench.said(first, DigestComplete.class)).containsExactly(new DigestComplete(0));
        bench.receive(first, new Batch(S, 4, 0, false, List.of()));
        bench.receive(faster, new Batch(S, 4, 0, false, List.of(encoded(4))));
        assertThat(bench.delivered(S)).containsExactly(4L);
    }

    @Test
    void rule3AJoinerThatWantsAReplayIsNotTreatedAsOneThatWantsNone() {
        Bench bench = new Bench();
        bench.publish(10);
        bench.seconds(60);
        bench.publish(10);
        LinkId joiner = bench.accept(1, Intent.JOIN);
        bench.digest(joiner, 30_000);
        assertThat(bench.brought(joiner))
                .singleElement()
                .satisfies(each -> assertThat(each.first()).isEqualTo(2));
    }

    @Test
    void rule3AReplayIsDeliveredToTheJoinerThatAskedForIt() {
        Bench bench = Bench.with(Broadcasting.DEFAULT.withReplayOnJoin(Duration.ofSeconds(30)));
        LinkId link = bench.accept(1, Intent.HIGH);
        assertThat(bench.said(link, DigestComplete.class)).containsExactly(new DigestComplete(30_000));
        bench.digest(link, 600_000, have(S, 1, 5));
        bench.receive(link, batch(S, 3, 5));
        assertThat(bench.delivered(S)).containsExactly(3L, 4L, 5L);
        assertThat(bench.outputs(Output.Gap.class)).isEmpty();
    }

    @Test
    void aRecordThatANeighbourCannotTakeIsNotSilentlyLeftOut() {
        Bench bench = new Bench();
        LinkId small = bench.acceptSmall(1, 65_536);
        bench.digest(small, 600_000);
        bench.publish(10);
        bench.publish(100_000);
        bench.publish(10);
        assertThat(bench.said(small)).contains(new Miss(OWN, 3, false, 1), ownBatch(3));
        bench.receive(small, new Graft(OWN, 2));
        assertThat(bench.said(small)).contains(new Miss(OWN, 3, false, 1), ownBatch(3));
    }

    private static Batch ownBatch(long sequence) {
        return new Batch(OWN, sequence, 0, false, List.of(new EncodedRecord(Bytes.wrap(new byte[10]))));
    }

    /** Who took what is said by its word would think that what has gone since is older than its listening. */
    @Test
    void rule3ABeginningIsSaidAsItWasDecidedAlsoIfWhatFollowsHasGone() {
        Bench bench = Bench.with(Broadcasting.DEFAULT.bounded(8_000, Duration.ofMinutes(2), 10, 100));
        LinkId source = bench.neighbour(1);
        LinkId newcomer = newcomer(bench, source, bench.accept(2, Intent.HIGH));
        for (int record = 5; record < 300; record++) {
            bench.receive(source, batch(S, record, record));
        }
        bench.receive(newcomer, new Graft(S, 5));
        bench.leave();
        bench.unstick(newcomer);
        assertThat(beginnings(bench, newcomer)).containsExactly(5L);
    }

    @Test
    void rule3ABeginningIsSaidAsItWasDecidedAlsoIfWhatFollowsIsTooLarge() {
        Bench bench = new Bench();
        LinkId source = bench.neighbour(1);
        LinkId newcomer = newcomer(bench, source, bench.acceptSmall(2, 4_096));
        EncodedRecord large = new EncodedRecord(Bytes.wrap(new byte[20_000]));
        bench.receive(source, new Batch(S, 5, 0, false, List.of(large, encoded(6))));
        bench.receive(newcomer, new Graft(S, 5));
        bench.unstick(newcomer);
        assertThat(beginnings(bench, newcomer)).containsExactly(5L);
    }

    /** It is about to be told that the stream begins at 5 for it, and takes nothing at the moment. */
    private static LinkId newcomer(Bench bench, LinkId source, LinkId newcomer) {
        bench.receive(source, new Batch(S, 1, 60_000, false, batch(S, 1, 4).records()));
        bench.fill(newcomer);
        bench.digest(newcomer, 10_000);
        bench.said(newcomer);
        return newcomer;
    }

    private static List<Long> beginnings(Bench bench, LinkId link) {
        return bench.said(link, Batch.class).stream()
                .filter(each -> each.records().isEmpty())
                .map(Batch::first)
                .toList();
    }

    @Test
    void rule4AnnouncementsDoNotFollowEveryRecord() {
        Bench bench = new Bench();
        LinkId source = bench.neighbour(1);
        LinkId lazy = bench.neighbour(2, have(S, 1, 0));
        for (int i = 1; i <= 20; i++) {
            bench.receive(source, batch(S, i, i));
        }
        bench.receive(lazy, new Prune(S));
        bench.said(lazy);
        for (int i = 21; i <= 40; i++) {
            bench.receive(source, batch(S, i, i));
            bench.millis(1);
        }
        bench.millis(100);
        assertThat(bench.said(lazy, Have.class))
                .hasSizeLessThanOrEqualTo(2)
                .last()
                .isEqualTo(have(S, 1, 40));
    }

    @Test
    void rule4WhatALinkWasNotToldInTimeIsNotLostWithIt() {
        Bench bench = new Bench();
        LinkId source = bench.neighbour(1);
        List<LinkId> others = List.of(source, bench.neighbour(2), bench.neighbour(3));
        bench.receive(source, batch(S, 1, 3));
        bench.seconds(5);
        others.forEach(bench::said);
        int told = 0;
        for (int i = 0; i < 7; i++) {
            bench.seconds(15);
            for (LinkId other : others) {
                bench.give(new Input.Heard(other));
                List<Message> said = bench.said(other);
                if (said.stream().anyMatch(DigestComplete.class::isInstance)) {
                    assertThat(said).contains(have(S, 1, 3));
                    told++;
                }
            }
        }
        // Every 15 s, jittered, somebody; and not everybody each time.
        assertThat(told).isBetween(3, 12);
    }

    /** A head that is sent once takes its room once, or frames go half empty. */
    @Test
    void whatIsNotSentTakesNoRoomOfAnotherStream() {
        StreamId other = stream(8);
        Bench bench = new Bench();
        LinkId source = bench.neighbour(1);
        LinkId link = bench.neighbour(2);
        bench.fill(link);
        RecordHead head = new RecordHead(Bytes.wrap(new byte[300]), new Topic("a"), "");
        EncodedRecord small = new EncodedRecord(head, Bytes.wrap(new byte[10]));
        bench.receive(source, new Batch(S, 1, 0, false, Collections.nCopies(200, small)));
        EncodedRecord large = new EncodedRecord(Bytes.wrap(new byte[Limits.FRAME_TARGET_BYTES / 4]));
        bench.receive(source, new Batch(other, 1, 0, false, List.of(large)));
        bench.said(link);
        bench.give(new Input.Writable(link));
        assertThat(bench.said(link, Batch.class))
                .extracting(Batch::stream, Batch::last)
                .containsExactly(tuple(S, 200L), tuple(other, 1L));
    }

    @Test
    void aFrameHoldsFewerRecordsThanItsReaderAccepts() {
        assertThat(Limits.FRAME_TARGET_BYTES / FrameFiller.RECORD_FRAMING_BYTES)
                .isLessThan(Limits.DEFAULT.recordsPerFrame());
    }
}
