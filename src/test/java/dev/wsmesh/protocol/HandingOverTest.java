package dev.wsmesh.protocol;

import static dev.wsmesh.protocol.Bench.OWN;
import static dev.wsmesh.protocol.Bench.batch;
import static dev.wsmesh.protocol.Bench.stream;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.protocol.Message.Batch;
import dev.wsmesh.protocol.Message.Graft;
import dev.wsmesh.protocol.Message.Have;
import dev.wsmesh.protocol.Message.Leave;
import dev.wsmesh.protocol.Message.Miss;
import dev.wsmesh.protocol.Message.Prune;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What who leaves still says and sends, and what it is told; each test is named after what it prevents, or what has to be. */
class HandingOverTest {
    private static final StreamId S = stream(9);

    @Test
    void aLeaverIsToldAtOnceWhatItsNeighbourHolds() {
        Bench bench = new Bench();
        LinkId origin = bench.neighbour(1);
        bench.receive(origin, batch(S, 1, 2));
        bench.said(origin);
        bench.receive(origin, new Leave(2));
        assertThat(bench.said(origin, Have.class)).contains(new Have(S, 1, 2));
    }

    @Test
    void aLeaverThatMeetsItsOwnFutureHandsOverAllTheSame() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        bench.publish(10);
        bench.leave();
        bench.receive(link, new Have(new StreamId(Bench.SELF, 500), 1, 7));
        assertThat(bench.outputs(Output.EpochTaken.class)).isEmpty();
        assertThat(bench.hasLeft()).isFalse();
        bench.receive(link, new Have(OWN, 1, 1));
        assertThat(bench.hasLeft()).isTrue();
    }

    @Test
    void whatIsLeftBehindALeaversMissIsBroughtWithoutBeingAskedFor() {
        Bench bench = Bench.retaining(4_000);
        LinkId link = bench.neighbour(1);
        bench.stick(link);
        bench.publish(20, 1_000);
        bench.said(link);
        bench.leave();
        bench.unstick(link);
        assertThat(bench.lastBrought(link)).isEqualTo(20);
    }

    @Test
    void whatFollowsARecordThatIsTooLargeIsNotLostWithALeaver() {
        Bench bench = new Bench();
        LinkId small = bench.acceptSmall(1, Limits.FRAME_TARGET_BYTES);
        bench.digest(small, 600_000);
        bench.stick(small);
        bench.publish(3, 1_000);
        bench.publish(2, 2 * Limits.FRAME_TARGET_BYTES);
        bench.publish(10);
        bench.leave();
        bench.unstick(small);
        List<Message> said = bench.said(small);
        assertThat(said).contains(new Miss(OWN, 6, false, 2));
        assertThat(said)
                .last()
                .satisfies(each -> assertThat(((Batch) each).last()).isEqualTo(6));
        // A neighbour does not say that it holds what is behind a gap before the grace is over.
        bench.receive(small, new Have(OWN, 1, 3));
        assertThat(bench.hasLeft()).isFalse();
        bench.seconds(2);
        assertThat(bench.hasLeft()).isTrue();
    }

    @Test
    void aGraftThatALeaverHearsTooLateIsAnsweredWithWhatIsLeft() {
        Bench bench = Bench.retaining(4_000);
        LinkId link = bench.neighbour(1);
        bench.publish(20, 1_000);
        bench.receive(link, new Prune(OWN));
        bench.leave();
        bench.said(link);
        bench.receive(link, new Graft(OWN, 2));
        List<Message> said = bench.said(link);
        assertThat(said).first().isInstanceOf(Miss.class);
        assertThat(said)
                .last()
                .satisfies(each -> assertThat(((Batch) each).last()).isEqualTo(20));
    }

    @Test
    void whoSaysWhatItHoldsAfterTheLeaveIsBroughtWhatIsLeft() {
        Bench bench = Bench.retaining(4_000);
        bench.publish(20, 1_000);
        LinkId link = bench.accept(1, Intent.HIGH);
        bench.leave();
        bench.digest(link, 600_000);
        assertThat(bench.lastBrought(link)).isEqualTo(20);
        assertThat(bench.hasLeft()).isFalse();
        bench.receive(link, new Have(OWN, 18, 20));
        assertThat(bench.hasLeft()).isTrue();
    }

    @Test
    void aLeaverIsAlsoAnsweredBeforeItHasSaidWhatItHolds() {
        Bench bench = new Bench();
        LinkId leaver = bench.accept(9, Intent.HIGH);
        bench.receive(leaver, batch(S, 1, 2));
        bench.said(leaver);
        bench.receive(leaver, new Leave(2));
        assertThat(bench.said(leaver, Have.class)).contains(new Have(S, 1, 2));
    }

    @Test
    void aLeaverAsksForNothingThatItWouldNotTake() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        LinkId other = bench.neighbour(2);
        bench.receive(link, batch(S, 1, 1));
        bench.receive(other, new Have(S, 1, 5));
        bench.publish(10);
        bench.leave();
        bench.said(other);
        bench.millis(1_500);
        bench.receive(link, new Leave(5));
        assertThat(bench.hasLeft()).isFalse();
        assertThat(bench.said(other, Graft.class)).isEmpty();
    }

    @Test
    void whoSaysWhatItHoldsAfterTheLeaveIsBroughtWhatIsLeftOfOthersToo() {
        Bench bench = Bench.retaining(600);
        LinkId source = bench.neighbour(9);
        for (int i = 1; i <= 20; i++) {
            bench.receive(source, batch(S, i, i));
        }
        LinkId link = bench.accept(1, Intent.HIGH);
        bench.publish(10);
        bench.leave();
        bench.digest(link, 600_000);
        assertThat(bench.brought(link))
                .anySatisfy(
                        each -> assertThat(List.of(each.stream(), each.last())).isEqualTo(List.of(S, 20L)));
    }

    @Test
    void aMissThatWaitsForRoomIsFollowedByWhatIsLeftWhenTheNodeLeaves() {
        Bench bench = Bench.retaining(600);
        LinkId source = bench.neighbour(9);
        LinkId link = bench.neighbour(1);
        for (int i = 1; i <= 20; i++) {
            bench.receive(source, batch(S, i, i));
        }
        bench.receive(link, new Prune(S));
        bench.fill(link);
        bench.receive(link, new Graft(S, 2));
        bench.said(link);
        bench.leave();
        bench.unstick(link);
        assertThat(bench.lastBrought(link)).isEqualTo(20);
        assertThat(bench.hasLeft()).isFalse();
    }

    @Test
    void whoWasPromisedThePastIsBroughtWhatThereIsOfIt() {
        Bench bench = new Bench();
        LinkId source = bench.neighbour(9, new Have(S, 1, 9));
        bench.receive(source, batch(S, 5, 9));
        LinkId link = bench.neighbour(1);
        bench.receive(link, new Graft(S, 2));
        assertThat(bench.said(link)).contains(new Miss(S, 5, true));
        bench.leave();
        assertThat(bench.said(link))
                .contains(new Miss(S, 5, false))
                .last()
                .satisfies(each -> assertThat(((Batch) each).last()).isEqualTo(9));
        bench.said(source);
        bench.millis(1_500);
        assertThat(bench.said(source, Message.Backfill.class)).isEmpty();
    }

    @Test
    void whatALeaverWasAboutToAskForIsNotAskedForAfterItsLeave() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        LinkId other = bench.neighbour(2);
        bench.receive(link, batch(S, 1, 1));
        bench.receive(other, new Have(S, 1, 5));
        bench.publish(10);
        bench.fill(other);
        bench.receive(other, new Message.Ping(3));
        bench.millis(400);
        bench.leave();
        bench.said(other);
        bench.unstick(other);
        assertThat(bench.said(other, Graft.class)).isEmpty();
    }

    /** Or a newcomer would take what is left for the place where the stream begins for it, and the gap would be silent. */
    @Test
    void whatIsGoneIsSaidBeforeWhatIsLeftHoweverMuchElseHasToBeSaid() {
        Bench bench = Bench.retaining(64_000_000);
        LinkId source = bench.neighbour(1);
        bench.stick(source);
        receiveOfMany(bench, source, 1);
        bench.publish(10, 1_000);
        for (int i = 0; i < 5; i++) {
            bench.seconds(10);
            bench.give(new Input.Heard(source));
        }
        bench.publish(10, 1_000);
        receiveOfMany(bench, source, 2);
        bench.seconds(15);
        LinkId link = new LinkId(Bench.node(2), 999);
        bench.stick(link);
        bench.give(Bench.linkUp(link, null, Intent.HIGH, 1, false));
        bench.leave();
        bench.digest(link, 600_000);
        bench.forgetOutputs();
        bench.unstick(link);
        List<Message> about = bench.said(link).stream()
                .filter(each -> (each instanceof Miss miss && miss.stream().equals(OWN))
                        || (each instanceof Batch batch && batch.stream().equals(OWN)))
                .toList();
        assertThat(about).first().isEqualTo(new Miss(OWN, 11, false));
        assertThat(about)
                .last()
                .satisfies(each -> assertThat(((Batch) each).last()).isEqualTo(20));
    }

    private static void receiveOfMany(Bench bench, LinkId source, long sequence) {
        for (int i = 0; i < 10_000; i++) {
            bench.receive(source, batch(new StreamId(new NodeId(1_000 + i, 7), 1), sequence, sequence));
        }
    }
}
