package dev.wsmesh.protocol;

import static dev.wsmesh.protocol.Bench.OWN;
import static dev.wsmesh.protocol.Bench.batch;
import static dev.wsmesh.protocol.Bench.stream;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.protocol.Message.Batch;
import dev.wsmesh.protocol.Message.DigestComplete;
import dev.wsmesh.protocol.Message.Graft;
import dev.wsmesh.protocol.Message.Have;
import dev.wsmesh.protocol.Message.Leave;
import dev.wsmesh.protocol.Message.Miss;
import dev.wsmesh.protocol.Message.Prune;
import dev.wsmesh.protocol.Settings.Broadcasting;
import dev.wsmesh.protocol.Settings.Memory;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What who leaves hands over, and what it waits for; each test is named after what it prevents, or what has to be. */
class LeavingRulesTest {
    private static final StreamId S = stream(9);

    private static Have have(StreamId stream, long base, long contiguous) {
        return new Have(stream, base, contiguous);
    }

    private static Bench retaining(int bytes) {
        return Bench.with(Broadcasting.DEFAULT.with(Memory.DEFAULT.retaining(bytes, Duration.ofMinutes(1))));
    }

    private static void publish(Bench bench, int records) {
        for (int i = 0; i < records; i++) {
            bench.publish(1_000);
        }
    }

    private static void leave(Bench bench) {
        bench.give(new Input.Leave());
    }

    private static boolean hasLeft(Bench bench) {
        return !bench.outputs(Output.Left.class).isEmpty();
    }

    private static long lastBrought(Bench bench, LinkId link) {
        return bench.brought(link).stream().mapToLong(Batch::last).max().orElse(0);
    }

    @Test
    void whoLeavesDoesNotForgetANeighbourThatHasNotSaidYetWhatItHolds() {
        Bench bench = new Bench();
        LinkId link = bench.accept(1, Intent.JOIN);
        bench.publish(10);
        leave(bench);
        assertThat(hasLeft(bench)).isFalse();
        bench.digest(link, DigestComplete.NEVER);
        assertThat(bench.brought(link)).hasSize(1);
        assertThat(hasLeft(bench)).isFalse();
        bench.receive(link, new Have(OWN, 1, 1));
        assertThat(hasLeft(bench)).isTrue();
    }

    @Test
    void whatWasOnlySentToANeighbourMayBeLostWithTheConnection() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        bench.publish(10);
        bench.said(link);
        leave(bench);
        assertThat(bench.said(link)).contains(new Leave(1));
        assertThat(hasLeft(bench)).isFalse();
        bench.receive(link, new Have(OWN, 1, 1));
        assertThat(hasLeft(bench)).isTrue();
    }

    @Test
    void whoDoesNotSayWhatItHoldsDoesNotKeepALeaverForEver() {
        Bench bench = new Bench();
        bench.neighbour(1);
        bench.publish(10);
        leave(bench);
        bench.seconds(1);
        assertThat(hasLeft(bench)).isFalse();
        bench.seconds(2);
        assertThat(hasLeft(bench)).isTrue();
    }

    @Test
    void twoThatLeaveAtOnceDoNotWaitForEachOther() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        bench.publish(10);
        leave(bench);
        bench.receive(link, new Leave(0));
        assertThat(hasLeft(bench)).isTrue();
    }

    @Test
    void aLeaverIsToldAtOnceWhatItsNeighbourHolds() {
        Bench bench = new Bench();
        LinkId origin = bench.neighbour(1);
        bench.receive(origin, batch(S, 1, 2));
        bench.said(origin);
        bench.receive(origin, new Leave(2));
        assertThat(bench.said(origin, Have.class)).contains(have(S, 1, 2));
    }

    @Test
    void whatIsLeftBehindALeaversMissIsBroughtWithoutBeingAskedFor() {
        Bench bench = retaining(4_000);
        LinkId link = bench.neighbour(1);
        bench.stick(link);
        publish(bench, 20);
        bench.said(link);
        leave(bench);
        bench.unstick(link);
        assertThat(lastBrought(bench, link)).isEqualTo(20);
    }

    @Test
    void aLeaverDoesNotTakeItsLastRecordsWithIt() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        bench.receive(link, new Prune(OWN));
        bench.publish(10);
        bench.receive(link, new Prune(OWN));
        bench.publish(10);
        bench.said(link);
        leave(bench);
        assertThat(bench.said(link)).anyMatch(each -> each instanceof Leave leave && leave.last() == 2);
        bench.receive(link, new Have(OWN, 1, 2));
        assertThat(hasLeft(bench)).isTrue();
        assertThat(bench.outputs(Output.Close.class))
                .extracting(Output.Close::code)
                .containsExactly(CloseCode.GOING_AWAY);
    }

    @Test
    void aLeaverDoesNotWaitForWhatBeganBehindItForANewcomer() {
        Bench bench = new Bench();
        LinkId source = bench.neighbour(1);
        bench.receive(source, batch(S, 1, 5));
        bench.seconds(30);
        LinkId newcomer = bench.accept(2, Intent.JOIN);
        bench.digest(newcomer, DigestComplete.NEVER);
        assertThat(bench.said(newcomer, Batch.class)).contains(new Batch(S, 6, 30_000, false, List.of()));
        bench.receive(source, have(S, 1, 5));
        leave(bench);
        assertThat(hasLeft(bench)).isTrue();
    }

    @Test
    void aLeaverDoesNotWaitForWhatItNoLongerHolds() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        bench.publish(10);
        for (int i = 0; i < 30; i++) {
            bench.seconds(10);
            bench.give(new Input.Heard(link));
        }
        leave(bench);
        assertThat(hasLeft(bench)).isTrue();
    }

    @Test
    void whatFollowsARecordThatIsTooLargeIsNotLostWithALeaver() {
        Bench bench = new Bench();
        LinkId small = bench.acceptSmall(1, Limits.FRAME_TARGET_BYTES);
        bench.digest(small, 600_000);
        bench.stick(small);
        publish(bench, 3);
        for (int i = 0; i < 2; i++) {
            bench.publish(2 * Limits.FRAME_TARGET_BYTES);
        }
        bench.publish(10);
        leave(bench);
        bench.unstick(small);
        List<Message> said = bench.said(small);
        assertThat(said).contains(new Miss(OWN, 5, false), new Miss(OWN, 6, false));
        assertThat(said)
                .last()
                .satisfies(each -> assertThat(((Batch) each).last()).isEqualTo(6));
        bench.receive(small, have(OWN, 6, 6));
        assertThat(hasLeft(bench)).isTrue();
    }

    @Test
    void aLeaverDoesNotWaitForARecordThatIsTooLarge() {
        Bench bench = new Bench();
        LinkId small = bench.acceptSmall(1, Limits.FRAME_TARGET_BYTES);
        bench.digest(small, 600_000);
        bench.publish(2 * Limits.FRAME_TARGET_BYTES);
        assertThat(bench.said(small)).contains(new Miss(OWN, 2, false));
        leave(bench);
        assertThat(hasLeft(bench)).isTrue();
    }

    @Test
    void aGraftThatALeaverHearsTooLateIsAnsweredWithWhatIsLeft() {
        Bench bench = retaining(4_000);
        LinkId link = bench.neighbour(1);
        publish(bench, 20);
        bench.receive(link, new Prune(OWN));
        leave(bench);
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
        Bench bench = retaining(4_000);
        publish(bench, 20);
        LinkId link = bench.accept(1, Intent.HIGH);
        leave(bench);
        bench.digest(link, 600_000);
        assertThat(lastBrought(bench, link)).isEqualTo(20);
        assertThat(hasLeft(bench)).isFalse();
        bench.receive(link, have(OWN, 18, 20));
        assertThat(hasLeft(bench)).isTrue();
    }

    @Test
    void aLeaverIsAlsoAnsweredBeforeItHasSaidWhatItHolds() {
        Bench bench = new Bench();
        LinkId leaver = bench.accept(9, Intent.HIGH);
        bench.receive(leaver, batch(S, 1, 2));
        bench.said(leaver);
        bench.receive(leaver, new Leave(2));
        assertThat(bench.said(leaver, Have.class)).contains(have(S, 1, 2));
    }

    @Test
    void aLeaverAsksForNothingThatItWouldNotTake() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        LinkId other = bench.neighbour(2);
        bench.receive(link, batch(S, 1, 1));
        bench.receive(other, have(S, 1, 5));
        bench.publish(10);
        leave(bench);
        bench.said(other);
        bench.millis(1_500);
        bench.receive(link, new Leave(5));
        assertThat(hasLeft(bench)).isFalse();
        assertThat(bench.said(other, Graft.class)).isEmpty();
    }
}
