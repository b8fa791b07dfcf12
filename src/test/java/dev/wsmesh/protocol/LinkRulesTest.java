package dev.wsmesh.protocol;

import static dev.wsmesh.protocol.Bench.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two links between the same two nodes, and links that fall silent; each test is named after what its rule prevents. */
class LinkRulesTest {
    @Test
    void ofTwoLinksThatCrossedOnlyTheArbiterClosesOne() {
        Bench bench = new Bench();
        LinkId own = bench.up(7, new Address("ws://node7"), Intent.LOW);
        bench.give(Bench.linkUp(new LinkId(node(7), 99), null, Intent.LOW, 1, true));
        assertThat(bench.outputs(Output.Close.class))
                .containsExactly(new Output.Close(new LinkId(node(7), 99), CloseCode.DUPLICATE_LINK));
        assertThat(bench.view().links()).anyMatch(each -> each.id().equals(own));
    }

    @Test
    void aProbeDoesNotEndTheLinkOfANeighbour() {
        Bench bench = new Bench();
        bench.up(7, new Address("ws://node7"), Intent.JOIN);
        LinkId probe = new LinkId(node(7), 99);
        bench.give(Bench.linkUp(probe, null, Intent.PROBE, 1, false));
        assertThat(bench.outputs(Output.Close.class))
                .containsExactly(new Output.Close(probe, CloseCode.DUPLICATE_LINK));
    }

    @Test
    void ourProbeDoesNotEndTheLinkOfWhoJoinsUsMeanwhile() {
        Bench bench = new Bench();
        LinkId probe = bench.up(7, new Address("ws://node7"), Intent.PROBE);
        bench.give(Bench.linkUp(new LinkId(node(7), 99), null, Intent.JOIN, 1, true));
        assertThat(bench.outputs(Output.Close.class))
                .containsExactly(new Output.Close(probe, CloseCode.DUPLICATE_LINK));
    }

    @Test
    void theOtherEndKeepsBothUntilTheArbiterHasChosen() {
        Bench bench = new Bench();
        bench.up(2, new Address("ws://node2"), Intent.LOW);
        bench.give(Bench.linkUp(new LinkId(node(2), 99), null, Intent.LOW, 1, true));
        assertThat(bench.outputs(Output.Close.class)).isEmpty();
    }

    @Test
    void anEvictedNeighbourDoesNotStayByItsSecondLink() {
        Bench bench = Bench.with(Settings.Membership.DEFAULT.withViews(1, 10));
        bench.give(Bench.linkUp(new LinkId(node(2), 98), null, Intent.LOW, 1, true));
        bench.give(Bench.linkUp(new LinkId(node(2), 99), null, Intent.LOW, 1, true));
        assertThat(bench.neighbours()).isEqualTo(2);
        bench.accept(7, Intent.JOIN);
        assertThat(bench.view().links())
                .filteredOn(View.LinkView::neighbour)
                .allMatch(each -> each.id().peer().equals(node(7)));
    }

    @Test
    void aPeerThatLostItsLinkIsNotShutOutByTheOldOne() {
        Bench bench = new Bench();
        LinkId old = bench.neighbour(7);
        bench.neighbour(7);
        assertThat(bench.outputs(Output.Close.class)).containsExactly(new Output.Close(old, CloseCode.DUPLICATE_LINK));
    }

    @Test
    void aRestartedPeerReplacesItsPastAtOnceOnBothEnds() {
        Bench bench = new Bench();
        LinkId old = bench.neighbour(2);
        bench.give(Bench.linkUp(new LinkId(node(2), 99), null, Intent.LOW, 2, true));
        assertThat(bench.outputs(Output.Close.class)).containsExactly(new Output.Close(old, CloseCode.DUPLICATE_LINK));
    }

    @Test
    void aSilentPeerIsPingedAndThenGivenUp() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        bench.said(link);
        bench.seconds(11);
        assertThat(bench.said(link, Message.Ping.class)).hasSize(1);
        bench.seconds(20);
        assertThat(bench.outputs(Output.Close.class)).containsExactly(new Output.Close(link, CloseCode.UNRESPONSIVE));
    }

    @Test
    void theRoundTripOfABusyLinkIsKnown() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        for (int i = 0; i < 11; i++) {
            bench.seconds(1);
            bench.publish(10);
        }
        Message.Ping ping = bench.said(link, Message.Ping.class).getLast();
        bench.seconds(1);
        bench.receive(link, new Message.Pong(ping.nonce()));
        assertThat(bench.view().links().getFirst().roundTripNanos())
                .isBetween(
                        Duration.ofSeconds(1).toNanos(), Duration.ofSeconds(2).toNanos());
    }

    @Test
    void aSignOfLifeIsNotPushedOutByWhatIsPassedOn() {
        Bench bench = new Bench();
        LinkId slow = bench.neighbour(1);
        bench.stick(slow);
        bench.receive(slow, new Message.Ping(1), new Message.Ping(2));
        bench.receive(slow, new Message.Ping(3));
        bench.receive(slow, new Message.Ping(4));
        for (int i = 0; i < 200; i++) {
            bench.receive(slow, new Message.Shuffle(i, node(50), 0, List.of()));
        }
        assertThat(bench.counted(Counter.CONTROL_DROPPED)).isPositive();
        bench.said(slow);
        bench.unstick(slow);
        assertThat(bench.said(slow, Message.Pong.class)).containsExactly(new Message.Pong(4));
    }

    @Test
    void aSlowPeerWhoseFrameIsStillArrivingIsNotTakenForDead() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        for (int i = 0; i < 10; i++) {
            bench.seconds(10);
            bench.give(new Input.Heard(link));
        }
        assertThat(bench.outputs(Output.Close.class)).isEmpty();
    }

    @Test
    void aPeerThatLinksAgainAndAgainHasTwoLinksAtMost() {
        Bench bench = new Bench();
        for (int i = 0; i < 10; i++) {
            bench.give(Bench.linkUp(new LinkId(node(2), 100 + i), null, Intent.LOW, 1, true));
        }
        assertThat(bench.neighbours()).isLessThanOrEqualTo(2);
    }

    @Test
    void aLinkThatIsUpCannotComeUpAgain() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        View before = bench.view();
        Input.LinkUp again = Bench.linkUp(link, null, Intent.JOIN, 1, false);
        assertThatIllegalStateException().isThrownBy(() -> bench.give(again));
        assertThat(bench.view()).isEqualTo(before);
    }

    @Test
    void whoTakesEveryLinkAndEndsItIsNotDialledWithoutAPause() {
        Address address = new Address("ws://node7");
        Bench bench = Bench.with(Settings.Membership.DEFAULT, address);
        int links = 0;
        for (int second = 0; second < 600; second++) {
            bench.seconds(1);
            List<Output.Dial> dials = bench.outputs(Output.Dial.class);
            bench.forgetOutputs();
            for (Output.Dial _ : dials) {
                LinkId link = bench.up(7, address, Intent.JOIN);
                bench.give(new Input.LinkDown(link, CloseCode.DUPLICATE_LINK));
                links++;
            }
        }
        assertThat(links).isBetween(8, 25);
    }

    @Test
    void whoseLinkBreaksOnceIsDialledAtOnce() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        bench.seconds(2);
        bench.forgetOutputs();
        bench.down(link);
        bench.millis(100);
        assertThat(bench.outputs(Output.Dial.class)).hasSize(1);
    }
}
