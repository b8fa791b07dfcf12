package dev.wsmesh.protocol;

import static dev.wsmesh.protocol.Bench.batch;
import static dev.wsmesh.protocol.Bench.stream;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.protocol.Message.Batch;
import dev.wsmesh.protocol.Message.Graft;
import dev.wsmesh.protocol.Message.Have;
import dev.wsmesh.protocol.Message.Miss;
import dev.wsmesh.protocol.Settings.Broadcasting;
import dev.wsmesh.protocol.Settings.Memory;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Where a stream begins for a joiner whose first neighbour had evicted what it may have a claim on, and so could only say Miss:
 * where the next one chooses (rule 3). The nodes are real; the test carries their frames.
 */
class BeginningsTest {
    private static final StreamId S = stream(9);

    private static Bench retaining(NodeId self, int logBytes, int seconds) {
        return new Bench(Settings.of(self, new Address("ws://self"), List.of())
                .with(Broadcasting.DEFAULT.with(Memory.DEFAULT.retaining(logBytes, Duration.ofSeconds(seconds)))));
    }

    private static Bench joiner() {
        return new Bench(Settings.of(Bench.node(7), new Address("ws://joiner"), List.of()));
    }

    private static Batch aged(long first, long last, long ageMillis) {
        return new Batch(S, first, ageMillis, false, batch(S, first, last).records());
    }

    /** The two ends of a link. */
    private record Ends(Bench one, LinkId there, Bench other, LinkId back) {
        static Ends between(Bench one, int otherNumber, Bench other, int oneNumber) {
            return new Ends(one, one.accept(otherNumber, Intent.HIGH), other, other.accept(oneNumber, Intent.HIGH));
        }

        /** Carries all frames until nothing more is said. */
        void exchange() {
            List<Message> said = one.said(there);
            List<Message> answered = other.said(back);
            while (!said.isEmpty() || !answered.isEmpty()) {
                give(other, back, said);
                give(one, there, answered);
                said = one.said(there);
                answered = other.said(back);
            }
        }

        private static void give(Bench to, LinkId link, List<Message> said) {
            if (!said.isEmpty()) {
                to.give(new Input.Received(link, new Frame(said)));
            }
        }
    }

    @Test
    void aJoinerGetsWhatWasPublishedSinceItListensAndNothingFromBefore() {
        Bench holder = retaining(Bench.SELF, 1 << 20, 20);
        Bench full = retaining(Bench.node(1), 5 * (9 + StreamLog.OVERHEAD_BYTES), 20);
        for (Bench each : List.of(holder, full)) {
            LinkId up = each.neighbour(9);
            each.receive(up, aged(1, 9, 25_000), aged(10, 20, 14_000));
            each.seconds(3);
            each.receive(up, aged(21, 30, 500));
        }
        Bench joiner = joiner();
        Ends first = Ends.between(joiner, 1, full, 7);
        first.exchange();
        Ends second = Ends.between(joiner, 5, holder, 7);
        second.exchange();
        for (int i = 0; i < 100; i++) {
            List.of(joiner, holder, full).forEach(each -> each.millis(100));
            first.exchange();
            second.exchange();
        }
        assertThat(joiner.outputs(Output.Gap.class)).isEmpty();
        assertThat(joiner.delivered(S)).hasSize(10).startsWith(21L);
    }

    /** The first neighbour has nothing left, the second has all of it or a part, and none of that is as young as the joiner. */
    @Test
    void aJoinerIsToldNothingOfWhatIsOlderThanItself() {
        for (int retained : List.of(20, 60)) {
            Bench holder = retaining(Bench.SELF, 1 << 20, retained);
            LinkId up = holder.neighbour(9);
            holder.receive(up, aged(1, 9, 25_000), aged(10, 30, 10_000));
            holder.seconds(4);
            Bench joiner = joiner();
            LinkId first = joiner.neighbour(1);
            joiner.receive(first, new Miss(S, 31, false), new Have(S, 31, 30));
            Ends second = Ends.between(joiner, 5, holder, 7);
            second.exchange();
            for (int i = 0; i < 100; i++) {
                joiner.millis(100);
                holder.millis(100);
                for (Graft graft : joiner.said(first, Graft.class)) {
                    joiner.receive(first, new Miss(S, 31, graft.from() > 30));
                }
                second.exchange();
            }
            assertThat(joiner.outputs(Output.Gap.class))
                    .as("retained %s s", retained)
                    .isEmpty();
            assertThat(joiner.delivered(S)).as("retained %s s", retained).isEmpty();
        }
    }

    /** The stream is only known by a Miss, so whoever comes may choose where it begins; until then nobody behind us is told. */
    @Test
    void aNewcomerIsToldNothingOfAPastThatIsNotItsOwn() {
        Bench bench = new Bench();
        LinkId lacking = bench.neighbour(1);
        bench.receive(lacking, new Miss(S, 40, false), new Have(S, 40, 39));
        LinkId newcomer = bench.accept(7, Intent.HIGH);
        bench.digest(newcomer, 1_000);
        bench.seconds(1);
        LinkId chooser = bench.neighbour(3);
        bench.receive(chooser, new Have(S, 60, 61), new Batch(S, 60, 30_000, false, List.of()));
        bench.receive(chooser, batch(S, 60, 61));
        bench.receive(chooser, Message.History.end(S, 60));
        bench.seconds(20);
        assertThat(bench.said(newcomer))
                .noneMatch(Miss.class::isInstance)
                .filteredOn(Batch.class::isInstance)
                .allSatisfy(each -> assertThat(((Batch) each).first()).isGreaterThanOrEqualTo(60));
    }
}
