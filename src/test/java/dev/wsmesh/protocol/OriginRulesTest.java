package dev.wsmesh.protocol;

import static dev.wsmesh.protocol.Bench.batch;
import static dev.wsmesh.protocol.Bench.stream;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.protocol.Message.Graft;
import dev.wsmesh.protocol.Message.Have;
import dev.wsmesh.protocol.Message.Miss;
import dev.wsmesh.protocol.Message.Prune;
import org.junit.jupiter.api.Test;

/** What is asked of, and expected from, the node that publishes a stream, and a relay that brings it; named as in {@link ReceivingRulesTest}. */
class OriginRulesTest {
    private final Bench bench = new Bench();
    private final StreamId published = stream(1);

    private static Have have(StreamId stream, long base, long contiguous) {
        return new Have(stream, base, contiguous);
    }

    @Test
    void rule6WhoPublishesAStreamBringsItAlsoWhereAnotherWasFaster() {
        LinkId origin = bench.neighbour(1);
        LinkId faster = bench.neighbour(2);
        bench.receive(faster, batch(published, 1, 3));
        bench.receive(origin, batch(published, 1, 3));
        assertThat(bench.said(origin, Prune.class)).isEmpty();
        assertThat(bench.said(faster, Prune.class)).containsExactly(new Prune(published));
        bench.receive(faster, batch(published, 4, 4));
        bench.receive(origin, batch(published, 4, 5));
        assertThat(bench.said(origin, Prune.class)).isEmpty();
        assertThat(bench.delivered(published)).containsExactly(1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void rule7WhoPublishesAStreamIsGivenTimeAndNotForEver() {
        LinkId origin = bench.neighbour(1);
        LinkId other = bench.neighbour(2);
        bench.receive(origin, batch(published, 1, 1));
        bench.receive(other, have(published, 1, 2));
        bench.millis(2_900);
        assertThat(bench.said(other, Graft.class)).isEmpty();
        bench.millis(200);
        assertThat(bench.said(other, Graft.class)).containsExactly(new Graft(published, 2));
    }

    /** The others have come so far that they retain nothing of what is still on its way here. */
    @Test
    void rule8WhoBringsTheNextRecordIsNotAskedForWhatItHasSentWhileOthersLackIt() {
        LinkId origin = bench.neighbour(1);
        bring(bench, origin, published, 40, 100);
        assertThat(bench.said(origin, Graft.class)).isEmpty();
        assertThat(bench.delivered(published)).hasSize(40);
        bench.millis(2_800);
        assertThat(bench.said(origin, Graft.class)).isEmpty();
        bench.millis(300);
        assertThat(bench.said(origin, Graft.class)).containsExactly(new Graft(published, 41));
    }

    /** A node on a busy machine is silent for longer than a graft timeout, whoever published what it brings. */
    @Test
    void rule8ARelayThatBringsTheNextRecordIsNotAskedAgainForWhatIsOnItsWayEither() {
        LinkId relay = bench.neighbour(1);
        bring(bench, relay, stream(9), 20, 200);
        assertThat(bench.said(relay, Graft.class)).isEmpty();
    }

    /** One record after another, while somebody else has come much further and lacks all of them. */
    private static void bring(Bench bench, LinkId source, StreamId published, int count, long pauseMillis) {
        LinkId other = bench.neighbour(2);
        bench.receive(source, batch(published, 1, 1));
        for (int i = 2; i <= count; i++) {
            bench.receive(other, have(published, 1_000 + i, 2_000 + i));
            bench.millis(pauseMillis);
            bench.receive(source, batch(published, i, i));
        }
    }

    /** Its publisher lacks what comes next, as that was lost with a link, and says what it holds; the relay has it, and brings it. */
    private LinkId fallen(LinkId origin) {
        LinkId relay = bench.neighbour(2);
        bench.receive(origin, batch(published, 1, 3));
        bench.receive(relay, have(published, 1, 4));
        bench.receive(origin, new Miss(published, 10, false), have(published, 10, 30));
        assertThat(bench.said(relay, Graft.class)).containsExactly(new Graft(published, 4));
        return relay;
    }

    @Test
    void rule7WhoFollowsARelayGoesBackToThePublisherAsSoonAsThatWillHaveWhatComesNext() {
        LinkId origin = bench.neighbour(1);
        LinkId relay = fallen(origin);
        bench.receive(relay, batch(published, 4, 18));
        assertThat(bench.said(origin, Graft.class)).isEmpty();
        bench.receive(relay, batch(published, 19, 19));
        assertThat(bench.said(origin, Graft.class)).containsExactly(new Graft(published, 20));
        bench.receive(relay, batch(published, 20, 22));
        assertThat(bench.said(origin, Graft.class)).isEmpty();
        for (int i = 20; i <= 23; i++) {
            bench.receive(origin, batch(published, i, i));
        }
        assertThat(bench.said(origin, Prune.class)).isEmpty();
        assertThat(bench.said(relay, Prune.class)).containsExactly(new Prune(published));
        bench.receive(relay, have(published, 1, 40));
        bench.millis(2_900);
        assertThat(bench.said(relay, Graft.class)).isEmpty();
        assertThat(bench.said(origin, Graft.class)).isEmpty();
    }

    /** As it was offered what it asked for, the publisher brings what is left, far behind what is still to come from the relay. */
    @Test
    void rule7APublisherThatHadLostItMeanwhileIsAskedAgainAfterAPauseThatGrows() {
        LinkId origin = bench.neighbour(1);
        LinkId relay = fallen(origin);
        bench.receive(relay, batch(published, 4, 19));
        assertThat(bench.said(origin, Graft.class)).containsExactly(new Graft(published, 20));
        int next = 20;
        for (long pause : new long[] {5_000, 10_000, 20_000}) {
            bench.receive(origin, new Miss(published, next + 2_000, false));
            for (long waited = 100; waited <= pause; waited += 100) {
                bench.receive(origin, batch(published, next + 2_000, next + 2_000));
                bench.millis(100);
                bench.receive(relay, batch(published, next, next + 99));
                next += 100;
                assertThat(bench.said(origin, Graft.class))
                        .as("after %s of %s ms", waited, pause)
                        .hasSize(waited < pause ? 0 : 1);
            }
        }
        assertThat(bench.outputs(Output.Gap.class)).isEmpty();
    }

    @Test
    void rule7WhileItIsAskedAgainThePublisherIsNotReliedOn() {
        LinkId origin = bench.neighbour(1);
        LinkId relay = fallen(origin);
        bench.receive(relay, batch(published, 4, 19));
        LinkId third = bench.neighbour(3, have(published, 1, 40));
        assertThat(bench.said(origin, Graft.class)).hasSize(1);
        bench.receive(origin, new Miss(published, 25, false));
        assertThat(bench.said(third, Graft.class)).isEmpty();
        bench.receive(relay, batch(published, 20, 20));
        assertThat(bench.delivered(published)).hasSize(20);
    }

    @Test
    void rule7WhoLosesItsRelayWhileThePublisherIsAskedAgainAsksAtOnce() {
        LinkId origin = bench.neighbour(1);
        LinkId relay = fallen(origin);
        bench.receive(relay, batch(published, 4, 19));
        assertThat(bench.said(origin, Graft.class)).containsExactly(new Graft(published, 20));
        bench.millis(50);
        bench.down(relay);
        assertThat(bench.said(origin, Graft.class)).containsExactly(new Graft(published, 20));
    }

    @Test
    void rule7APublisherOnAFreshLinkWhichBeginsByItselfIsNotAskedToo() {
        LinkId relay = bench.neighbour(2);
        bench.receive(relay, batch(published, 1, 3));
        LinkId origin = bench.neighbour(1, have(published, 1, 9));
        bench.receive(relay, batch(published, 4, 4));
        assertThat(bench.said(origin, Graft.class)).isEmpty();
    }

    @Test
    void rule7OfThoseThatAreAheadThePublisherIsAsked() {
        LinkId parent = bench.neighbour(3);
        bench.receive(parent, batch(published, 1, 3));
        LinkId origin = bench.neighbour(1, have(published, 1, 5));
        LinkId further = bench.neighbour(2, have(published, 1, 9));
        bench.down(parent);
        assertThat(bench.said(origin, Graft.class)).containsExactly(new Graft(published, 4));
        assertThat(bench.said(further, Graft.class)).isEmpty();
    }

    /** While all that were ahead lacked the record, the relay that may bring it would have been waited for three seconds. */
    @Test
    void rule8WhoOffersTheRecordIsAskedSoonAlsoWhileOneThatMayBringItIsWaitedFor() {
        StreamId relayed = stream(9);
        LinkId relay = bench.neighbour(1);
        LinkId far = bench.neighbour(2);
        bench.receive(relay, batch(relayed, 1, 1));
        bench.receive(far, have(relayed, 1_000, 2_000));
        bench.millis(1_000);
        LinkId offering = bench.neighbour(3, have(relayed, 1, 2));
        bench.said(offering);
        bench.millis(200);
        assertThat(bench.said(offering, Graft.class)).containsExactly(new Graft(relayed, 2));
    }
}
