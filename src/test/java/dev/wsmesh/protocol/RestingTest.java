package dev.wsmesh.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.protocol.Settings.Membership;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Whom a node leaves alone, and for how long: nobody is dialled again and again without a pause, whatever others say. */
class RestingTest {
    private static final Address ONE = new Address("ws://one");

    @Test
    void aCandidateThatTurnedUsAwayRestsThoughAWalkNamesIt() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(7);
        Contact one = new Contact(Bench.node(1), ONE);
        bench.receive(link, shuffle(one));
        bench.seconds(1);
        assertThat(dialled(bench)).containsExactly(ONE);
        bench.give(new Input.DialFailed(ONE, CloseCode.UNAUTHENTICATED));
        bench.forgetOutputs();
        bench.receive(link, new Message.ForwardJoin(one, 1));
        bench.seconds(1);
        assertThat(dialled(bench)).doesNotContain(ONE);
    }

    @Test
    void aConfiguredPeerThatTurnedUsAwayRestsThoughAWalkNamesIt() {
        Bench bench = Bench.with(Membership.DEFAULT, ONE);
        bench.seconds(1);
        bench.give(new Input.DialFailed(ONE, CloseCode.UNAUTHENTICATED));
        LinkId link = bench.neighbour(7);
        bench.forgetOutputs();
        bench.receive(link, new Message.ForwardJoin(new Contact(Bench.node(1), ONE), 1));
        bench.seconds(1);
        assertThat(dialled(bench)).doesNotContain(ONE);
    }

    @Test
    void whoTurnsUsAwayRestsThoughOthersHadNamedItMeanwhile() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(7);
        Contact one = new Contact(Bench.node(1), ONE);
        bench.receive(link, shuffle(one));
        bench.seconds(1);
        LinkId cand = bench.up(1, ONE, Intent.LOW);
        bench.receive(link, shuffle(one));
        bench.forgetOutputs();
        bench.give(new Input.LinkDown(cand, CloseCode.UNAUTHENTICATED));
        bench.seconds(60);
        assertThat(dialled(bench)).doesNotContain(ONE);
    }

    @Test
    void anAddressThatTurnsUsAwayRestsWhoeverIsSaidToBeThere() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(7);
        bench.receive(link, shuffle(new Contact(Bench.node(1), ONE), new Contact(Bench.node(2), ONE)));
        int dials = 0;
        for (int second = 0; second < 10; second++) {
            dials += dials(
                    bench, 1, 100, each -> bench.give(new Input.DialFailed(each.address(), CloseCode.UNAUTHENTICATED)));
            bench.receive(link, shuffle(new Contact(Bench.node(1), ONE), new Contact(Bench.node(2), ONE)));
        }
        assertThat(dials).isBetween(1, 2);
    }

    /** A node without a data directory is another one after its restart, at the same address. */
    @Test
    void whoIsLinkedIsNotDialledAgainUnderTheIdThatItHadBefore() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(7);
        bench.receive(link, shuffle(new Contact(Bench.node(1), ONE)));
        int dials = dials(bench, 30, 100, each -> {
            LinkId up = bench.up(2, each.address(), each.intent());
            bench.receive(up, new Message.NeighborReply(new Contact(Bench.node(2), ONE), List.of()));
            bench.digest(up, 600_000);
        });
        assertThat(dials).isBetween(1, 3);
    }

    @Test
    void whoEndsEveryLinkPolitelyIsNotDialledWithoutAPauseByWhoStandsAlone() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(7);
        bench.receive(link, shuffle(new Contact(Bench.node(2), ONE)));
        bench.give(new Input.LinkDown(link, CloseCode.GOING_AWAY));
        int dials = dials(bench, 10, 5, each -> {
            LinkId up = bench.up(2, each.address(), each.intent());
            bench.give(new Input.LinkDown(up, CloseCode.GOING_AWAY));
        });
        assertThat(dials).isBetween(1, 19);
    }

    /** Seed 4677: a node with room for few, which everybody comes to in need. */
    @Test
    void whoIsSentAwayAgainAndAgainDialsWithPausesThatGrow() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(7);
        bench.receive(link, shuffle(new Contact(Bench.node(2), ONE)));
        bench.give(new Input.LinkDown(link, CloseCode.ABNORMAL));
        int dials = dials(bench, 10, 5, each -> {
            LinkId up = bench.up(2, ONE, each.intent());
            bench.receive(up, new Message.NeighborReply(new Contact(Bench.node(2), ONE), List.of()));
            // It does not know that its address is also told as that of whom it was before.
            bench.receive(up, new Message.Disconnect(List.of(new Contact(Bench.node(1), ONE))));
            bench.give(new Input.LinkDown(up, CloseCode.FULL));
        });
        assertThat(dials).as("in ten seconds").isBetween(3, 12);
    }

    @Test
    void nobodyElseIsDialledAtOurOwnAddress() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(7);
        bench.receive(link, shuffle(new Contact(Bench.node(2), new Address("ws://self"))));
        bench.seconds(5);
        assertThat(dialled(bench)).isEmpty();
        assertThat(bench.view().passive()).isEmpty();
    }

    /** How often it dials within so many seconds, in steps of so many milliseconds: each dial is answered, and each Close. */
    private static int dials(Bench bench, int seconds, int stepMillis, Consumer<Output.Dial> answer) {
        int dials = 0;
        for (int millis = 0; millis < seconds * 1_000; millis += stepMillis) {
            bench.millis(stepMillis);
            List<Output.Dial> dialled = bench.outputs(Output.Dial.class);
            List<Output.Close> closed = bench.outputs(Output.Close.class);
            bench.forgetOutputs();
            dials += dialled.size();
            dialled.forEach(answer);
            closed.forEach(each -> bench.give(new Input.LinkDown(each.link(), each.code())));
        }
        return dials;
    }

    private static Message.Shuffle shuffle(Contact... contacts) {
        return new Message.Shuffle(1, Bench.node(7), 1, List.of(contacts));
    }

    private static List<Address> dialled(Bench bench) {
        return bench.outputs(Output.Dial.class).stream()
                .map(Output.Dial::address)
                .toList();
    }
}
