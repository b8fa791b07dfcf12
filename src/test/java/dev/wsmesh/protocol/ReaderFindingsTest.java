package dev.wsmesh.protocol;

import static dev.wsmesh.protocol.Bench.batch;
import static dev.wsmesh.protocol.Bench.stream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.wsmesh.protocol.Message.Batch;
import dev.wsmesh.protocol.Message.DigestComplete;
import dev.wsmesh.protocol.Message.Graft;
import dev.wsmesh.protocol.Message.Have;
import dev.wsmesh.protocol.Message.Miss;
import dev.wsmesh.protocol.Message.Prune;
import dev.wsmesh.protocol.Settings.Broadcasting;
import dev.wsmesh.protocol.Settings.Membership;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What readers found in the core and no simulation had met, each in a few lines: named after what must not return. */
class ReaderFindingsTest {
    private static final StreamId S = stream(9);
    private static final Broadcasting BRIEF = Broadcasting.DEFAULT.bounded(1 << 20, Duration.ofSeconds(10), 100, 100);

    private static Have have(long base, long contiguous) {
        return new Have(S, base, contiguous);
    }

    @Test
    void aNewStreamIsNotTakenForTheSilenceOfWhoWasAskedForAnothersPast() {
        Bench bench = new Bench();
        LinkId source = bench.neighbour(1, have(1, 9));
        bench.receive(source, batch(S, 10, 10));
        for (int i = 0; i < 6; i++) {
            StreamId other = stream(20 + i);
            bench.receive(source, new Have(other, 1, 9), batch(other, 10, 10));
            bench.millis(2);
        }
        List<EncodedRecord> past =
                LongStream.rangeClosed(1, 9).mapToObj(Bench::encoded).toList();
        bench.receive(source, new Message.History(S, 1, 0, past), Message.History.end(S, 1));
        assertThat(bench.view().streams())
                .filteredOn(each -> each.id().equals(S))
                .singleElement()
                .satisfies(each -> assertThat(each.base()).isEqualTo(1));
    }

    @Test
    void whoIsLostBeforeItBroughtAnythingIsReplacedAlsoWhileLaterRecordsFlow() {
        Bench bench = new Bench();
        LinkId late = bench.neighbour(1, have(1, 3));
        LinkId one = bench.neighbour(2, have(1, 3));
        LinkId two = bench.neighbour(3, have(1, 3));
        bench.receive(late, batch(S, 1, 3));
        for (LinkId each : List.of(late, one, two)) {
            bench.receive(each, new Miss(S, 8, false), have(8, 20));
        }
        while (bench.outputs(Output.Gap.class).isEmpty()) {
            bench.millis(10);
        }
        bench.said(one);
        bench.said(two);
        bench.receive(late, new Miss(S, 10, false), batch(S, 10, 20));
        boolean askedOne = !bench.said(one, Graft.class).isEmpty();
        LinkId asked = askedOne ? one : two;
        LinkId other = askedOne ? two : one;
        bench.said(other);
        bench.down(asked);
        for (int i = 0; i < 10; i++) {
            bench.receive(late, batch(S, 21 + i, 21 + i));
            bench.receive(other, have(8, 21 + i));
            bench.millis(100);
        }
        assertThat(bench.said(other, Graft.class)).isNotEmpty();
    }

    @Test
    void aMutePromiseHasAnEndAlsoWhileLaterRecordsFlow() {
        Bench bench = new Bench();
        LinkId late = bench.neighbour(1, have(1, 3));
        LinkId mute = bench.neighbour(2, have(1, 3));
        bench.receive(late, batch(S, 1, 3));
        bench.receive(late, new Miss(S, 8, false), have(8, 20));
        bench.receive(mute, new Miss(S, 8, false), have(8, 20));
        bench.seconds(6);
        bench.receive(late, new Miss(S, 10, false), batch(S, 10, 20));
        for (int i = 0; i < 10 * 200; i++) {
            bench.receive(late, batch(S, 21 + i, 21 + i));
            bench.give(new Input.Heard(mute));
            bench.millis(100);
        }
        assertThat(bench.outputs(Output.Gap.class)).extracting(Output.Gap::to).containsExactly(7L, 9L);
    }

    @Test
    void whatWasOnItsWayOnAPrunedLinkDoesNotCostTheParentItsPlace() {
        Bench bench = new Bench();
        LinkId parent = bench.neighbour(1);
        LinkId redundant = bench.neighbour(2);
        bench.receive(parent, batch(S, 1, 1));
        bench.receive(redundant, batch(S, 1, 1));
        assertThat(bench.said(redundant, Prune.class)).hasSize(1);
        bench.receive(redundant, batch(S, 2, 2));
        bench.receive(parent, batch(S, 2, 2));
        assertThat(bench.said(parent, Prune.class)).isEmpty();
    }

    @Test
    void whoAsksForManyUnknownStreamsIsAnsweredAboutEach() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        bench.said(link);
        Message[] grafts = new Message[100];
        for (int i = 0; i < 100; i++) {
            grafts[i] = new Graft(stream(100 + i), 1);
        }
        bench.receive(link, grafts);
        assertThat(bench.said(link, Miss.class)).hasSize(100);
    }

    @Test
    void answersAboutUnknownStreamsAreBounded() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        bench.stick(link);
        int bound = Broadcasting.DEFAULT.memory().forgottenPositions();
        for (int i = 0; i < bound + 1_000; i++) {
            bench.receive(link, new Graft(stream(100 + i), 1));
        }
        assertThat(bench.counted(Counter.CONTROL_DROPPED)).isBetween(900L, 1_000L);
    }

    @Test
    void aRecordThatNeedsAFrameOfItsOwnIsNotPutOffByControlWithoutEnd() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        LinkId source = bench.neighbour(2, have(1, 1));
        bench.receive(source, batch(S, 1, 1));
        bench.receive(link, new Prune(S), have(1, 1));
        bench.stick(link);
        bench.publish(10);
        bench.publish(10);
        bench.said(link);
        bench.publish(80_000);
        int frames = 0;
        boolean sent = false;
        while (!sent && frames < 40) {
            frames++;
            bench.receive(source, batch(S, frames + 1, frames + 1));
            bench.millis(60);
            bench.give(new Input.Writable(link));
            sent = bench.said(link, Batch.class).stream()
                    .anyMatch(each -> each.records().getFirst().length() > 70_000);
        }
        assertThat(sent).isTrue();
    }

    @Test
    void nothingIsAskedBeforeTheOwnDigestIsComplete() {
        Bench bench = new Bench();
        LinkId source = bench.neighbour(1);
        for (int i = 0; i < 3_000; i++) {
            bench.receive(source, batch(stream(100 + i), 1, 1));
        }
        bench.down(source);
        LinkId link = new LinkId(Bench.node(2), 1_000);
        bench.give(Bench.linkUp(link, null, Intent.HIGH, 1, false));
        bench.stick(link);
        bench.give(new Input.Writable(link));
        bench.give(new Input.Writable(link));
        List<Message> digest = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            digest.add(new Have(stream(100 + i), 1, 1));
        }
        digest.add(new DigestComplete(600_000));
        bench.give(new Input.Received(link, new Frame(digest)));
        for (int i = 0; i < 10; i++) {
            bench.give(new Input.Writable(link));
        }
        List<Class<?>> said = new ArrayList<>();
        bench.said(link).forEach(each -> said.add(each.getClass()));
        assertThat(said).contains(Graft.class);
        assertThat(said.indexOf(Graft.class)).isGreaterThan(said.indexOf(DigestComplete.class));
    }

    @Test
    void whatASlowLinkIsOwedIsNotForgottenWithItsStream() {
        Bench bench = Bench.with(BRIEF);
        LinkId source = bench.neighbour(1);
        LinkId slow = bench.neighbour(2);
        bench.receive(source, batch(S, 1, 3));
        bench.stick(slow);
        for (int i = 4; i < 7; i++) {
            bench.receive(source, batch(S, i, i));
        }
        heard(bench, 100, source, slow);
        bench.said(slow);
        bench.unstick(slow);
        bench.give(new Input.Writable(slow));
        assertThat(bench.said(slow, Miss.class)).contains(new Miss(S, 7, false));
    }

    @Test
    void whatASlowLinkIsToBeToldIsNotForgottenWithItsStream() {
        Bench bench = Bench.with(BRIEF);
        LinkId source = bench.neighbour(1);
        LinkId slow = bench.neighbour(2);
        bench.receive(source, batch(S, 1, 3));
        bench.receive(slow, new Prune(S));
        bench.stick(slow);
        bench.publish(1);
        bench.publish(1);
        bench.receive(source, batch(S, 4, 6));
        heard(bench, 100, source, slow);
        bench.said(slow);
        bench.unstick(slow);
        bench.give(new Input.Writable(slow));
        assertThat(bench.said(slow, Have.class)).contains(have(7, 6));
    }

    @Test
    void whoAsksForAForgottenStreamIsToldHowFarItWent() {
        Bench bench = Bench.with(BRIEF);
        LinkId source = bench.neighbour(1);
        LinkId other = bench.neighbour(2);
        bench.receive(source, batch(S, 1, 10));
        heard(bench, 100, source, other);
        assertThat(bench.counted(Counter.STREAMS_FORGOTTEN)).isEqualTo(1);
        bench.said(other);
        bench.receive(other, new Graft(S, 4));
        assertThat(bench.said(other, Miss.class)).containsExactly(new Miss(S, 11, false));
    }

    @Test
    void theAnswerToAJoinerNamesNoMoreThanItAccepts() {
        Bench bench = Bench.with(Membership.DEFAULT.withViews(64, 60));
        for (int i = 1; i <= 40; i++) {
            bench.neighbour(100 + i);
        }
        LinkId joiner = bench.accept(99, Intent.JOIN);
        bench.receive(joiner, new Message.Join(new Contact(Bench.node(99), new Address("ws://joiner"))));
        assertThat(bench.said(joiner, Message.NeighborReply.class))
                .singleElement()
                .satisfies(reply ->
                        assertThat(reply.contacts().size() + 1).isEqualTo(Limits.DEFAULT.contactsPerMessage()));
    }

    @Test
    void whatIsOfferedDuringAGraceIsAskedForAtOnce() {
        Bench bench = new Bench();
        LinkId misses = bench.neighbour(1, have(1, 3));
        LinkId other = bench.neighbour(2, have(1, 3));
        bench.receive(misses, batch(S, 1, 3));
        bench.receive(misses, new Miss(S, 8, false));
        bench.millis(400);
        bench.said(other);
        bench.receive(other, new Miss(S, Miss.NONE, false));
        bench.millis(200);
        bench.receive(other, have(4, 7));
        bench.millis(300);
        assertThat(bench.said(other, Graft.class)).contains(new Graft(S, 4));
    }

    @Test
    void neighboursThatKnewLessDoNotAddARetentionAgeEach() {
        Bench bench = new Bench();
        LinkId source = bench.neighbour(1);
        LinkId other = bench.neighbour(2, have(1, 3));
        bench.receive(source, batch(S, 1, 3), have(1, 5));
        bench.down(source);
        heard(bench, 110, other);
        bench.receive(other, new Miss(S, 5, false), have(5, 4));
        heard(bench, 30, other);
        assertThat(bench.outputs(Output.Gap.class).getLast().to()).isEqualTo(5);
    }

    @Test
    void anOwnPastIsNoLoss() {
        Bench bench = new Bench();
        StreamId past = new StreamId(Bench.SELF, Bench.EPOCH - 1);
        LinkId source = bench.neighbour(1, new Have(past, 1, 3));
        bench.receive(source, batch(past, 1, 3));
        assertThat(bench.outputs(Output.Gap.class)).isEmpty();
        assertThat(bench.counted(Counter.RECORDS_IN_GAPS)).isZero();
    }

    @Test
    void aLogThatWasLongOnceGivesItsMemoryBack() {
        StreamLog log = new StreamLog(new SpareMemory());
        for (int i = 0; i < 100_000; i++) {
            log.append(Records.of(Bench.encoded(1)), i, 0);
        }
        while (log.size() > 1) {
            long _ = log.evictBefore(log.base() + 1);
            log.giveBack();
        }
        assertThat(log.capacity()).isLessThanOrEqualTo(16);
        assertThat(log.born(100_000)).isEqualTo(99_999);
    }

    @Test
    void anAddressThatNoPeerWouldReadIsNone() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Address("ws://peer:8080/b\u00fccher"))
                .withMessageContaining("ASCII");
    }

    private static void heard(Bench bench, int seconds, LinkId... links) {
        for (int second = 0; second < seconds; second++) {
            bench.seconds(1);
            for (LinkId link : links) {
                bench.give(new Input.Heard(link));
            }
        }
    }
}
