package dev.wsmesh.protocol;

import static dev.wsmesh.protocol.Bench.batch;
import static dev.wsmesh.protocol.Bench.stream;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.protocol.Message.Batch;
import dev.wsmesh.protocol.Message.Graft;
import dev.wsmesh.protocol.Message.Have;
import dev.wsmesh.protocol.Message.History;
import dev.wsmesh.protocol.Message.Miss;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Records that are too large for a node's frames, as a reader attacked them; each test is named after what it prevents. */
class TooLargeTest {
    private static final StreamId S = stream(9);

    /** A node with the smallest frames. */
    private static Bench small() {
        return small(Bench.SELF);
    }

    private static Bench small(NodeId self) {
        return new Bench(
                Settings.of(self, new Address("ws://small"), List.of()).withFrameBytes(Limits.FRAME_TARGET_BYTES));
    }

    /** A small node that owes 2 to 50 to a neighbour which takes nothing at the moment. */
    private record Relay(Bench bench, LinkId up, LinkId down) {}

    private static Relay relay() {
        Bench bench = small();
        LinkId up = bench.neighbour(1);
        LinkId down = bench.neighbour(2);
        bench.receive(up, batch(S, 1, 1));
        bench.receive(down, new Have(S, 1, 1));
        bench.fill(down);
        bench.receive(up, batch(S, 2, 50));
        return new Relay(bench, up, down);
    }

    private static long lastHeardBy(Bench bench, LinkId neighbour) {
        return bench.brought(neighbour).stream()
                .filter(each -> each.stream().equals(S))
                .mapToLong(Batch::last)
                .max()
                .orElse(0);
    }

    @Test
    void aStreamThatIsNeverQuietDoesNotStall() {
        Bench bench = small();
        LinkId link = bench.neighbour(1);
        bench.receive(link, new Miss(S, 3, false, 1), batch(S, 1, 1), batch(S, 3, 3));
        for (int i = 4; i < 50; i++) {
            bench.millis(100);
            bench.receive(link, batch(S, i, i));
        }
        assertThat(bench.outputs(Output.Gap.class)).containsExactly(new Output.Gap(S, 2, 2));
        assertThat(bench.delivered(S)).hasSize(48).endsWith(49L);
    }

    @Test
    void severalOfThemBehindOneHoleAreAllRemembered() {
        Bench bench = small();
        LinkId link = bench.neighbour(1);
        bench.receive(link, batch(S, 1, 1), new Miss(S, 5, false, 1), new Miss(S, 8, false, 2));
        bench.receive(link, batch(S, 5, 5), batch(S, 8, 8), batch(S, 2, 3));
        assertThat(bench.outputs(Output.Gap.class)).containsExactly(new Output.Gap(S, 4, 4), new Output.Gap(S, 6, 7));
    }

    @Test
    void aRelayDoesNotThrowAwayWhatANeighbourIsOwed() {
        Relay relay = relay();
        Bench bench = relay.bench;
        LinkId up = relay.up;
        LinkId down = relay.down;
        bench.receive(up, new Miss(S, 52, false, 1), batch(S, 52, 53));
        bench.unstick(down);
        assertThat(lastHeardBy(bench, down)).isEqualTo(50);
        bench.receive(down, new Have(S, 1, 50));
        bench.seconds(1);
        assertThat(bench.delivered(S)).endsWith(53L);
    }

    @Test
    void norWhatANeighbourMayStillAskFor() {
        Bench bench = small();
        LinkId up = bench.neighbour(1);
        bench.receive(up, batch(S, 1, 50));
        LinkId down = bench.neighbour(2, new Have(S, 1, 10));
        bench.stick(down);
        bench.receive(up, new Miss(S, 52, false, 1), batch(S, 52, 53));
        bench.receive(down, new Graft(S, 11));
        bench.unstick(down);
        assertThat(lastHeardBy(bench, down)).isEqualTo(50);
    }

    @Test
    void aNeighbourThatTakesNothingHoldsItUpForAGraceOnly() {
        Relay relay = relay();
        Bench bench = relay.bench;
        LinkId up = relay.up;
        bench.receive(up, new Miss(S, 52, false, 1), batch(S, 52, 53));
        bench.seconds(4);
        assertThat(bench.outputs(Output.Gap.class)).isEmpty();
        bench.seconds(4);
        assertThat(bench.delivered(S)).endsWith(53L);
    }

    @Test
    void aLeaverHandsOverWhatItHasAllTheSame() {
        Relay relay = relay();
        Bench bench = relay.bench;
        LinkId up = relay.up;
        LinkId down = relay.down;
        bench.leave();
        bench.receive(up, new Miss(S, 52, false, 1), batch(S, 52, 53));
        bench.unstick(down);
        assertThat(lastHeardBy(bench, down)).isEqualTo(50);
    }

    @Test
    void whatWasWaitedForOnceIsNoReasonNotToWaitAgain() {
        Relay relay = relay();
        Bench bench = relay.bench;
        bench.receive(relay.up, new Miss(S, 52, false, 1));
        bench.receive(relay.up, batch(S, 51, 60));
        bench.seconds(10);
        bench.receive(relay.up, new Miss(S, 62, false, 1), batch(S, 62, 62));
        assertThat(bench.outputs(Output.Gap.class)).isEmpty();
    }

    /** A large record that is put off goes before all flags in the end, and took the start of another stream with it. */
    @Test
    void aNewcomersFirstRecordIsNotSilentlyLeftOut() {
        Bench bench = new Bench();
        LinkId other = bench.neighbour(1);
        LinkId link = bench.acceptSmall(7, Limits.FRAME_TARGET_BYTES);
        bench.digest(link, 600_000);
        bench.said(link);
        bench.fill(link);
        bench.publish(65_200);
        for (int i = 0; i < 18; i++) {
            bench.receive(link, new Message.Ping(i));
            bench.give(new Input.Writable(link));
        }
        bench.forgetOutputs();
        bench.receive(other, new Batch(S, 7, 3_600_000, false, List.of()));
        EncodedRecord large = new EncodedRecord(Bytes.wrap(new byte[100_000]));
        bench.receive(other, new Batch(S, 7, 0, false, List.of(large, Bench.encoded(8))));
        bench.unstick(link);

        Bench newcomer = small(Bench.node(7));
        LinkId there = newcomer.accept(5, Intent.HIGH);
        newcomer.digest(there, 600_000);
        for (Output.Send send : bench.outputs(Output.Send.class)) {
            if (send.link().equals(link)) {
                newcomer.give(new Input.Received(there, send.frame()));
            }
        }
        assertThat(newcomer.outputs(Output.Gap.class)).containsExactly(new Output.Gap(S, 7, 7));
        assertThat(newcomer.delivered(S)).containsExactly(8L);
    }

    /** What was fetched of the past waits for nobody, but seemed to wait for an older epoch: the stream stood until it had aged away. */
    @Test
    void aNewcomerThatHasFetchedThePastGoesOnBehindItsFirstRecord() {
        Bench bench = small();
        LinkId holder = bench.neighbour(1, new Have(S, 1, 2));
        LinkId link = bench.neighbour(2);
        bench.receive(holder, new Batch(S, 3, 60_000, false, List.of()));
        bench.millis(1);
        bench.receive(holder, new History(S, 1, 60_000, batch(S, 1, 2).records()), History.end(S, 1));
        bench.receive(link, new Miss(S, 4, false, 1), batch(S, 4, 5));
        bench.seconds(10);
        assertThat(bench.outputs(Output.Gap.class)).containsExactly(new Output.Gap(S, 3, 3));
        assertThat(bench.delivered(S)).containsExactly(4L, 5L);
    }

    /** After the first there is nothing that an older epoch could be closed by: the second was asked for, of whom it is too large. */
    @Test
    void twoOfThemInTurnAreBothPassedOverWhileAnOlderEpochIsUnfinished() {
        StreamId next = new StreamId(S.origin(), S.epoch() + 1);
        Bench bench = small();
        LinkId link = bench.neighbour(1);
        bench.receive(link, batch(S, 1, 2), new Have(S, 1, 5));
        bench.receive(link, new Miss(next, 2, false, 1));
        bench.millis(10);
        bench.receive(link, new Miss(next, 3, false, 1), batch(next, 3, 4));
        bench.seconds(10);
        assertThat(bench.said(link, Graft.class))
                .noneMatch(graft -> graft.stream().equals(next));
        assertThat(bench.outputs(Output.Gap.class)).endsWith(new Output.Gap(next, 1, 2));
        assertThat(bench.delivered(next)).containsExactly(3L, 4L);
    }

    @Test
    void eachOfThemIsCounted() {
        Bench bench = new Bench();
        LinkId link = bench.acceptSmall(7, Limits.FRAME_TARGET_BYTES);
        bench.digest(link, 600_000);
        bench.stick(link);
        bench.publish(5, 100_000);
        bench.unstick(link);
        assertThat(bench.counted(Counter.RECORDS_TOO_LARGE)).isEqualTo(5);
    }

    /** That it may have what comes behind them is over once nothing does: what is gone later is asked for like anything else. */
    @Test
    void whatIsGoneLongAfterThemIsAskedForFirst() {
        Bench bench = Bench.retaining(200_000);
        LinkId link = bench.acceptSmall(7, Limits.FRAME_TARGET_BYTES);
        bench.digest(link, 600_000);
        bench.publish(100_000);
        assertThat(bench.said(link, Miss.class)).containsExactly(new Miss(Bench.OWN, 2, false, 1));
        bench.fill(link);
        bench.publish(20, 50_000);
        bench.forgetOutputs();
        bench.unstick(link);
        List<Message> said = bench.said(link);
        assertThat(said).hasAtLeastOneElementOfType(Miss.class).noneMatch(Batch.class::isInstance);
    }
}
