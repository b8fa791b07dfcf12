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
import java.util.List;
import org.junit.jupiter.api.Test;

/** What who leaves waits for, and what not; each test is named after what it prevents, or what has to be. */
class LeavingRulesTest {
    private static final StreamId S = stream(9);

    @Test
    void whoLeavesDoesNotForgetANeighbourThatHasNotSaidYetWhatItHolds() {
        Bench bench = new Bench();
        LinkId link = bench.accept(1, Intent.JOIN);
        bench.publish(10);
        bench.leave();
        assertThat(bench.hasLeft()).isFalse();
        bench.digest(link, DigestComplete.NEVER);
        assertThat(bench.brought(link)).hasSize(1);
        assertThat(bench.hasLeft()).isFalse();
        bench.receive(link, new Have(OWN, 1, 1));
        assertThat(bench.hasLeft()).isTrue();
    }

    @Test
    void whatWasOnlySentToANeighbourMayBeLostWithTheConnection() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        bench.publish(10);
        bench.said(link);
        bench.leave();
        assertThat(bench.said(link)).contains(new Leave(1));
        assertThat(bench.hasLeft()).isFalse();
        bench.receive(link, new Have(OWN, 1, 1));
        assertThat(bench.hasLeft()).isTrue();
    }

    @Test
    void whoDoesNotSayWhatItHoldsDoesNotKeepALeaverForEver() {
        Bench bench = new Bench();
        bench.neighbour(1);
        bench.publish(10);
        bench.leave();
        bench.seconds(1);
        assertThat(bench.hasLeft()).isFalse();
        bench.seconds(2);
        assertThat(bench.hasLeft()).isTrue();
    }

    @Test
    void twoThatLeaveAtOnceDoNotWaitForEachOther() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        bench.publish(10);
        bench.leave();
        bench.receive(link, new Leave(0));
        assertThat(bench.hasLeft()).isTrue();
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
        bench.leave();
        assertThat(bench.said(link)).anyMatch(each -> each instanceof Leave leave && leave.last() == 2);
        bench.receive(link, new Have(OWN, 1, 2));
        assertThat(bench.hasLeft()).isTrue();
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
        bench.receive(source, new Have(S, 1, 5));
        bench.leave();
        assertThat(bench.hasLeft()).isTrue();
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
        bench.leave();
        assertThat(bench.hasLeft()).isTrue();
    }

    @Test
    void aLeaverDoesNotWaitForARecordThatIsTooLarge() {
        Bench bench = new Bench();
        LinkId small = bench.acceptSmall(1, Limits.FRAME_TARGET_BYTES);
        bench.digest(small, 600_000);
        bench.publish(2 * Limits.FRAME_TARGET_BYTES);
        assertThat(bench.said(small)).contains(new Miss(OWN, 2, false, 1));
        bench.leave();
        assertThat(bench.hasLeft()).isTrue();
    }

    @Test
    void whatWasSentBeforeARecordThatIsTooLargeMayBeLostWithTheConnection() {
        Bench bench = new Bench();
        LinkId small = bench.acceptSmall(1, Limits.FRAME_TARGET_BYTES);
        bench.digest(small, 600_000);
        bench.publish(10);
        bench.publish(2 * Limits.FRAME_TARGET_BYTES);
        assertThat(bench.lastBrought(small)).isEqualTo(1);
        bench.leave();
        assertThat(bench.hasLeft()).isFalse();
        bench.receive(small, new Have(OWN, 1, 1));
        assertThat(bench.hasLeft()).isTrue();
    }

    @Test
    void whoWasStartedFurtherBackByAnotherIsWaitedForFromThere() {
        Bench bench = new Bench();
        LinkId newcomer = behind(bench);
        bench.receive(newcomer, new Graft(OWN, 2));
        assertThat(bench.lastBrought(newcomer)).isEqualTo(5);
        bench.leave();
        assertThat(bench.hasLeft()).isFalse();
        bench.receive(newcomer, new Have(OWN, 2, 5));
        assertThat(bench.hasLeft()).isTrue();
    }

    @Test
    void whoHoldsMoreThanItWasStartedWithIsWaitedForFromThere() {
        Bench bench = new Bench();
        LinkId newcomer = behind(bench);
        bench.receive(newcomer, new Have(OWN, 2, 3));
        bench.leave();
        assertThat(bench.hasLeft()).isFalse();
        bench.receive(newcomer, new Have(OWN, 2, 5));
        assertThat(bench.hasLeft()).isTrue();
    }

    @Test
    void aLeaverDoesNotGoBeforeItHasSaidWhatIsGone() {
        Bench bench = new Bench();
        bench.publish(10);
        bench.seconds(300);
        LinkId link = bench.accept(1, Intent.HIGH);
        bench.leave();
        bench.fill(link);
        bench.digest(link, 600_000);
        assertThat(bench.hasLeft()).isFalse();
        bench.unstick(link);
        assertThat(bench.said(link)).contains(new Miss(OWN, 2, false));
        assertThat(bench.hasLeft()).isTrue();
    }

    /** A newcomer for which five records of ours are the past. */
    private static LinkId behind(Bench bench) {
        bench.publish(5, 1_000);
        bench.seconds(20);
        LinkId newcomer = bench.accept(2, Intent.JOIN);
        bench.digest(newcomer, DigestComplete.NEVER);
        return newcomer;
    }
}
