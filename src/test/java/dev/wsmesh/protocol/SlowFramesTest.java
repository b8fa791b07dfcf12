package dev.wsmesh.protocol;

import static dev.wsmesh.protocol.Bench.batch;
import static dev.wsmesh.protocol.Bench.stream;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.protocol.Message.Graft;
import dev.wsmesh.protocol.Message.Have;
import dev.wsmesh.protocol.Message.Miss;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Over a slow link a frame takes longer than anybody may be silent. Node 1 brings a stream, which it publishes or relays, and node 2
 * has come so far with it that it retains nothing of what is still on its way.
 */
class SlowFramesTest {
    private static final StreamId PUBLISHED = stream(1);
    private static final StreamId RELAYED = stream(9);
    private static final StreamId ANOTHER = stream(8);
    private static final Duration OFTEN = Duration.ofMillis(250);

    private final Bench bench = new Bench();
    private final LinkId source = bench.neighbour(1);
    private final LinkId other = bench.neighbour(2);

    private void othersHaveGoneOn(StreamId stream) {
        bench.receive(source, batch(stream, 1, 1));
        bench.receive(other, new Have(stream, 1_000, 2_000));
    }

    /** A frame is coming from the source, and is not whole at the end. */
    private void partsFor(Duration duration) {
        for (long left = duration.toMillis(); left > 0; left -= OFTEN.toMillis()) {
            bench.give(new Input.Heard(source));
            bench.give(new Input.Heard(other));
            bench.advance(OFTEN);
        }
    }

    /** Frames come from the source in parts, but each as fast as a good link brings them; nothing of this stream is in them. */
    private void quickFramesFor(Duration duration) {
        for (int i = 1; i <= duration.toMillis() / 100; i++) {
            bench.give(new Input.Heard(source));
            bench.receive(source, batch(ANOTHER, i, i));
            bench.millis(100);
        }
    }

    @Test
    void whatARelayBringsIsNotAskedForAgainWhilePartsOfItsFrameArrive() {
        othersHaveGoneOn(RELAYED);
        partsFor(Duration.ofSeconds(6));
        assertThat(bench.said(source, Graft.class)).isEmpty();
        bench.receive(source, batch(RELAYED, 2, 5));
        assertThat(bench.delivered(RELAYED)).containsExactly(1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void whatItsPublisherBringsIsNotAskedForAgainWhilePartsOfItsFrameArrive() {
        othersHaveGoneOn(PUBLISHED);
        partsFor(Duration.ofSeconds(6));
        assertThat(bench.said(source, Graft.class)).isEmpty();
    }

    /** Seed 5997 of the simulator's steady lives: 2 s of another stream were before it in the buffers of a slow link. */
    @Test
    void whatItsPublisherBringsBehindRecordsOfAnotherStreamIsNotAskedForAgain() {
        othersHaveGoneOn(PUBLISHED);
        quickFramesFor(Duration.ofSeconds(6));
        assertThat(bench.said(source, Graft.class)).isEmpty();
    }

    @Test
    void whatWasAskedForIsNotAskedForAgainWhilePartsOfWhatIsBeforeItArrive() {
        bench.receive(other, batch(RELAYED, 1, 1));
        bench.receive(source, new Have(RELAYED, 1, 1));
        partsFor(Duration.ofSeconds(1));
        bench.receive(other, new Miss(RELAYED, 1_000, false), new Have(RELAYED, 1_000, 2_000));
        assertThat(bench.said(source, Graft.class)).containsExactly(new Graft(RELAYED, 2));
        partsFor(Duration.ofSeconds(6));
        assertThat(bench.said(source, Graft.class)).isEmpty();
    }

    /** However long the stream had been silent before. */
    @Test
    void partsCountFromWhenTheNextRecordIsMissed() {
        bench.receive(source, batch(RELAYED, 1, 1));
        partsFor(Duration.ofSeconds(60));
        bench.receive(other, new Have(RELAYED, 1_000, 2_000));
        partsFor(Duration.ofSeconds(6));
        assertThat(bench.said(source, Graft.class)).isEmpty();
    }

    @Test
    void partsCountAnewWithEachRecordThatComes() {
        othersHaveGoneOn(RELAYED);
        for (int i = 2; i < 6; i++) {
            partsFor(Duration.ofSeconds(20));
            bench.receive(source, batch(RELAYED, i, i));
        }
        assertThat(bench.said(source, Graft.class)).isEmpty();
    }

    @Test
    void aRelayOnWhoseLinkBytesDripDoesNotHoldAStreamForEver() {
        othersHaveGoneOn(RELAYED);
        partsFor(Duration.ofSeconds(30));
        assertThat(bench.said(source, Graft.class)).isEmpty();
        partsFor(Duration.ofSeconds(4));
        assertThat(bench.said(source, Graft.class)).containsExactly(new Graft(RELAYED, 2));
    }

    @Test
    void aPublisherOnWhoseLinkBytesDripDoesNotHoldItsStreamForEver() {
        othersHaveGoneOn(PUBLISHED);
        partsFor(Duration.ofSeconds(34));
        assertThat(bench.said(source, Graft.class)).containsExactly(new Graft(PUBLISHED, 2));
    }

    /** It may lack the record itself: a gap is not put off because its neighbours have other things to say. */
    @Test
    void aRelayThatIsSilentAboutTheStreamIsAskedAlsoIfItBringsAnotherOnAGoodLink() {
        othersHaveGoneOn(RELAYED);
        quickFramesFor(Duration.ofSeconds(4));
        assertThat(bench.said(source, Graft.class)).containsExactly(new Graft(RELAYED, 2));
        bench.receive(source, new Miss(RELAYED, 1_000, false));
        quickFramesFor(Duration.ofSeconds(6));
        assertThat(bench.outputs(Output.Gap.class)).containsExactly(new Output.Gap(RELAYED, 2, 999));
    }

    /** Who has it, and may not have it for long, brings it sooner than a slow link. */
    @Test
    void whoOffersTheRecordIsAskedAlsoWhilePartsOfAnothersFrameArrive() {
        bench.receive(source, batch(RELAYED, 1, 1));
        bench.receive(other, new Have(RELAYED, 1, 2));
        partsFor(Duration.ofSeconds(2));
        assertThat(bench.said(other, Graft.class)).contains(new Graft(RELAYED, 2));
    }
}
