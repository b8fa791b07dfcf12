package dev.wsmesh.protocol;

import static dev.wsmesh.protocol.Bench.OWN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.protocol.Input.Backpressure;
import dev.wsmesh.protocol.Settings.Broadcasting;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was found out for one publication does not outlive what it was found out of. */
class PublisherTest {
    private static final int WINDOW = 1_000;

    /** Of which the window holds five. */
    private static final int BYTES = 100;

    private final Bench bench = new Bench();

    @Test
    void aPublicationIsOwedToTheNeighboursOfItsTime() {
        assertThat(neighbours()).isZero();
        LinkId first = bench.accept(1, Intent.HIGH);
        assertThat(neighbours()).isZero();
        bench.digest(first, 600_000);
        assertThat(neighbours()).isEqualTo(1);
        bench.accept(2, Intent.PROBE);
        assertThat(neighbours()).isEqualTo(1);
        LinkId second = bench.neighbour(3);
        assertThat(neighbours()).isEqualTo(2);
        bench.receive(second, new Message.Leave(0));
        assertThat(neighbours()).isEqualTo(1);
        bench.down(second);
        assertThat(neighbours()).isEqualTo(1);
        bench.down(first);
        assertThat(neighbours()).isZero();
    }

    /** A smaller node has the choice which of two links it keeps: this one keeps both. */
    @Test
    void aNeighbourThatIsLinkedTwiceCountsOnceUntilBothLinksAreGone() {
        LinkId one = bench.neighbour(1);
        assertThat(neighbours()).isEqualTo(1);
        LinkId twin = bench.accept(1, Intent.HIGH);
        assertThat(neighbours()).isEqualTo(1);
        bench.digest(twin, 600_000);
        assertThat(neighbours()).isEqualTo(1);
        bench.down(one);
        assertThat(neighbours()).isEqualTo(1);
        bench.down(twin);
        assertThat(neighbours()).isZero();
    }

    @Test
    void aNeighbourThatIsBeingSaidGoodbyeIsNotCounted() {
        Bench small = Bench.with(Settings.Membership.DEFAULT.withViews(1, 30));
        LinkId first = small.neighbour(1);
        assertThat(neighbours(small)).isEqualTo(1);
        small.fill(first);
        LinkId second = small.accept(2, Intent.HIGH);
        assertThat(neighbours(small)).isZero();
        small.digest(second, 600_000);
        assertThat(neighbours(small)).isEqualTo(1);
    }

    @Test
    void aNeighbourThatFallsSilentIsNotCountedBecauseABeaconWasPublishedAMomentBefore() {
        bench.neighbour(1);
        bench.accept(2, Intent.PROBE);
        bench.forgetOutputs();
        bench.oversleep(Duration.ofSeconds(31));
        assertThat(bench.outputs(Output.Published.class))
                .extracting(Output.Published::ticket)
                .containsExactly(Output.Published.BEACON);
        assertThat(neighbours()).isZero();
    }

    @Test
    void publicationsThatWaitForNobodyFillTheWindowLikeOthers() {
        Bench narrow = Bench.with(Broadcasting.DEFAULT.withPublishWindow(WINDOW));
        narrow.fill(narrow.neighbour(1));
        publish(narrow, 1);
        narrow.publish(4, BYTES);
        assertThat(refused(narrow)).isZero();
        publish(narrow, 2);
        assertThat(refused(narrow)).isEqualTo(1);
    }

    @Test
    void aNeighbourThatIsLeftBehindByPublicationsAloneShutsTheWindow() {
        Bench narrow = Bench.with(Broadcasting.DEFAULT.withPublishWindow(WINDOW));
        LinkId swift = narrow.neighbour(1);
        narrow.fill(narrow.neighbour(2));
        publish(narrow, 20);
        assertThat(narrow.lastBrought(swift)).isEqualTo(6);
        assertThat(refused(narrow)).isEqualTo(14);
    }

    /** However much room there was just before. */
    @ParameterizedTest
    @ValueSource(ints = {6, 7, 8, 9, 10, 11, 12})
    void aNeighbourThatAsksAgainForMoreThanAWindowShutsIt(int records) {
        Bench narrow = Bench.with(Broadcasting.DEFAULT.withPublishWindow(WINDOW));
        LinkId link = narrow.neighbour(1);
        publish(narrow, records);
        narrow.fill(link);
        narrow.receive(link, new Message.Graft(OWN, 1));
        publish(narrow, 1);
        assertThat(refused(narrow)).isEqualTo(1);
    }

    @Test
    void aLaggardThatHasCaughtUpIsWaitedForAgain() {
        Bench narrow = Bench.with(Broadcasting.DEFAULT.withPublishWindow(WINDOW));
        LinkId slow = narrow.neighbour(1);
        narrow.fill(slow);
        publish(narrow, 7);
        narrow.seconds(6);
        publish(narrow, 10);
        assertThat(refused(narrow)).isEqualTo(1);
        narrow.unstick(slow);
        narrow.unstick(slow);
        publish(narrow, 1);
        narrow.fill(slow);
        publish(narrow, 7);
        assertThat(refused(narrow)).isEqualTo(2);
    }

    private int neighbours() {
        return neighbours(bench);
    }

    /** As the second of two publications behind each other tells. */
    private static int neighbours(Bench bench) {
        bench.publish(2, BYTES);
        List<Output.Published> published = bench.outputs(Output.Published.class);
        int last = published.getLast().neighbours();
        assertThat(published.get(published.size() - 2).neighbours()).isEqualTo(last);
        return last;
    }

    private static void publish(Bench bench, int records) {
        for (int i = 0; i < records; i++) {
            bench.publish(BYTES, Backpressure.FAIL, null);
        }
    }

    private static int refused(Bench bench) {
        return bench.outputs(Output.PublishRefused.class).size();
    }
}
