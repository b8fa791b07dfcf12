package dev.wsmesh.protocol;

import static dev.wsmesh.protocol.Bench.OWN;
import static dev.wsmesh.protocol.Bench.batch;
import static dev.wsmesh.protocol.Bench.stream;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.protocol.Message.Batch;
import dev.wsmesh.protocol.Message.Graft;
import dev.wsmesh.protocol.Message.Have;
import dev.wsmesh.protocol.Message.Miss;
import dev.wsmesh.protocol.Settings.Broadcasting;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The numbered rules of the protocol's chapter on broadcast: what is kept, and for how long; each test is named after what it prevents. */
class BoundsRulesTest {
    private static final StreamId S = stream(9);

    private static Have have(StreamId stream, long base, long contiguous) {
        return new Have(stream, base, contiguous);
    }

    @Test
    void rule12WhatWasForgottenIsNotLostInSilenceToWhoWasAwayForLonger() {
        Bench bench = new Bench();
        LinkId keeper = bench.neighbour(1);
        bench.receive(keeper, Bench.batch(S, 1, 10));
        forget(bench, keeper);
        LinkId back = bench.accept(2, Intent.HIGH);
        bench.digest(back, 3_600_000);
        assertThat(bench.said(back, Miss.class)).containsExactly(new Miss(S, 11, false));
        LinkId newcomer = bench.accept(3, Intent.HIGH);
        bench.digest(newcomer, 1_000);
        assertThat(bench.said(newcomer, Miss.class)).isEmpty();
    }

    @Test
    void rule12WhatBothHaveForgottenIsNotLearnedAgain() {
        Bench bench = new Bench();
        LinkId keeper = bench.neighbour(1);
        bench.receive(keeper, Bench.batch(S, 1, 10));
        forget(bench, keeper);
        bench.receive(keeper, new Miss(S, 11, false));
        assertThat(bench.view().streams()).isEmpty();
        bench.receive(keeper, new Miss(S, 14, false));
        bench.seconds(6);
        assertThat(bench.outputs(Output.Gap.class)).containsExactly(new Output.Gap(S, 11, 13));
    }

    private static void forget(Bench bench, LinkId keeper) {
        for (int i = 0; i < 36; i++) {
            bench.seconds(10);
            bench.receive(keeper, new Message.Ping(i));
        }
        assertThat(bench.counted(Counter.STREAMS_FORGOTTEN)).isEqualTo(1);
        bench.forgetOutputs();
    }

    @Test
    void rule11ABusyStreamDoesNotEvictTheLastWordOfAQuietOne() {
        Bench bench = Bench.with(Broadcasting.DEFAULT.bounded(1_000, Duration.ofMinutes(2), 10, 10));
        LinkId link = bench.neighbour(1);
        bench.receive(link, batch(S, 1, 1));
        bench.publish(50, 100);
        assertThat(bench.view().logBytes()).isLessThanOrEqualTo(1_000);
        assertThat(bench.view().streams()).anySatisfy(each -> {
            assertThat(each.id()).isEqualTo(S);
            assertThat(each.next() - each.base()).isEqualTo(1);
        });
    }

    @Test
    void rule11WhoIsToldWhatIsGoneDoesNotWaitToHearWhatThereIs() {
        Bench bench = Bench.with(Broadcasting.DEFAULT.bounded(2_000, Duration.ofMinutes(2), 10, 10));
        LinkId slow = bench.neighbour(1);
        bench.stick(slow);
        bench.publish(50, 100);
        bench.seconds(1);
        bench.said(slow);
        bench.unstick(slow);
        long base = bench.view().streams().getFirst().base();
        assertThat(bench.said(slow)).contains(new Miss(OWN, base, false), have(OWN, base, 50));
    }

    @Test
    void rule12AnAnswerIsNotForgottenWithItsStream() {
        Bench bench = new Bench();
        LinkId source = bench.neighbour(1);
        LinkId slow = bench.neighbour(2);
        bench.receive(source, batch(S, 1, 3));
        bench.stick(slow);
        bench.receive(slow, new Message.Ping(1), new Message.Ping(2));
        bench.seconds(20);
        bench.receive(slow, new Message.Ping(3));
        for (int i = 0; i < 13; i++) {
            bench.seconds(10);
            bench.give(new Input.Heard(slow));
        }
        bench.receive(slow, new Graft(S, 2));
        for (int i = 0; i < 30; i++) {
            bench.seconds(10);
            bench.give(new Input.Heard(slow));
        }
        bench.said(slow);
        bench.unstick(slow);
        assertThat(bench.said(slow)).contains(new Miss(S, 4, false));
    }

    @Test
    void rule11WhatIsEvictedBeforeItIsSentIsNotSkippedSilently() {
        Bench bench = Bench.with(Broadcasting.DEFAULT.bounded(1_000, Duration.ofMinutes(2), 10, 10));
        LinkId link = bench.neighbour(1);
        bench.stick(link);
        bench.publish(50, 100);
        bench.unstick(link);
        assertThat(bench.said(link, Miss.class))
                .singleElement()
                .satisfies(each -> assertThat(each.base()).isGreaterThan(40));
    }

    @Test
    void rule12AForgottenStreamThatComesBackIsNeitherRepeatedNorSkipped() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        bench.receive(link, batch(S, 1, 3));
        bench.seconds(300);
        assertThat(bench.view().streams()).isEmpty();
        LinkId again = bench.neighbour(2);
        bench.receive(again, have(S, 1, 6));
        bench.seconds(1);
        assertThat(bench.said(again, Graft.class)).contains(new Graft(S, 4));
    }

    @Test
    void rule12TheRestOfAForgottenStreamIsNotLostSilently() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        bench.receive(link, batch(S, 1, 3));
        bench.seconds(300);
        LinkId again = bench.neighbour(2);
        bench.receive(again, have(S, 7, 6), new Miss(S, 7, false));
        bench.seconds(10);
        assertThat(bench.outputs(Output.Gap.class)).containsExactly(new Output.Gap(S, 4, 6));
    }

    @Test
    void rule12AnEmptyAnnouncementCreatesNothing() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        bench.receive(link, have(S, 4, 3));
        assertThat(bench.view().streams()).isEmpty();
    }

    @Test
    void rule12StrangersCannotMakeUsRememberEndlessStreams() {
        Bench bench = Bench.with(Broadcasting.DEFAULT.bounded(1 << 20, Duration.ofMinutes(2), 10, 10));
        LinkId link = bench.neighbour(1);
        for (int i = 10; i < 40; i++) {
            bench.receive(link, batch(stream(i), 1, 1));
        }
        assertThat(bench.view().streams()).hasSize(10);
        assertThat(bench.counted(Counter.STREAMS_REFUSED)).isEqualTo(20);
    }

    @Test
    void rule11AnAnswerThatWasNotSentYetIsTakenBackByANewQuestion() {
        Bench bench = Bench.with(Broadcasting.DEFAULT.bounded(2_000, Duration.ofMinutes(2), 10, 10));
        bench.publish(50, 100);
        LinkId slow = bench.neighbour(1);
        bench.stick(slow);
        bench.receive(slow, new Message.Ping(1), new Message.Ping(2));
        bench.receive(slow, new Message.Ping(3));
        bench.receive(slow, new Graft(OWN, 1), new Graft(OWN, 50));
        bench.said(slow);
        bench.unstick(slow);
        List<Message> said = bench.said(slow);
        assertThat(said).noneMatch(Miss.class::isInstance);
        assertThat(said)
                .filteredOn(Batch.class::isInstance)
                .singleElement()
                .satisfies(each -> assertThat(((Batch) each).first()).isEqualTo(50));
    }
}
