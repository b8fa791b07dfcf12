package dev.wsmesh.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.protocol.Settings.Membership;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Configured peers come and go while the node runs; and what an operator sees of them. */
class ConfiguredPeersTest {
    private static final Address ONE = new Address("ws://one");
    private static final Address TWO = new Address("ws://two");

    @Test
    void whatIsConfiguredLaterIsDialled() {
        Bench bench = new Bench();
        bench.give(new Input.Bootstrap(List.of(ONE, TWO)));
        bench.seconds(1);
        assertThat(dialled(bench)).containsExactlyInAnyOrder(ONE, TWO);
    }

    @Test
    void whatIsNoLongerConfiguredIsNotDialledAgain() {
        Bench bench = Bench.with(Membership.DEFAULT, ONE, TWO);
        bench.seconds(1);
        bench.give(new Input.Bootstrap(List.of(TWO)));
        bench.give(new Input.DialFailed(ONE, CloseCode.ABNORMAL));
        bench.give(new Input.DialFailed(TWO, CloseCode.ABNORMAL));
        bench.forgetOutputs();
        bench.seconds(300);
        assertThat(dialled(bench)).contains(TWO).doesNotContain(ONE);
        assertThat(bench.view().bootstrap())
                .extracting(View.BootstrapView::address)
                .containsExactly(TWO);
    }

    @Test
    void whatStaysConfiguredIsNotBegunAfresh() {
        Bench bench = Bench.with(Membership.DEFAULT, ONE);
        bench.seconds(1);
        bench.give(new Input.DialFailed(ONE, CloseCode.UNAUTHENTICATED));
        bench.forgetOutputs();
        bench.give(new Input.Bootstrap(List.of(ONE, TWO)));
        bench.seconds(60);
        assertThat(dialled(bench)).as("the refusal still counts").doesNotContain(ONE);
        assertThat(bench.view().bootstrap().getFirst().failures()).isEqualTo(1);
    }

    /** Half a rotation of keys: one neighbour gets on with both, and names the one that turns us away again and again. */
    @Test
    void whoTurnedUsAwayIsNotDialledBecauseOthersNameIt() {
        Bench bench = Bench.with(Membership.DEFAULT, ONE);
        bench.seconds(1);
        bench.give(new Input.DialFailed(ONE, CloseCode.UNAUTHENTICATED));
        LinkId link = bench.neighbour(7);
        bench.forgetOutputs();
        for (int i = 0; i < 12; i++) {
            bench.receive(link, shuffle(new Contact(Bench.node(1), ONE), new Contact(Bench.node(2), TWO)));
            bench.seconds(10);
            dialled(bench).stream()
                    .distinct()
                    .forEach(each -> bench.give(new Input.DialFailed(each, CloseCode.ABNORMAL)));
        }
        assertThat(dialled(bench)).contains(TWO).doesNotContain(ONE);
    }

    @Test
    void aCandidateThatTurnedUsAwayRestsAsLong() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(7);
        bench.receive(link, shuffle(new Contact(Bench.node(1), ONE)));
        bench.seconds(1);
        assertThat(dialled(bench)).containsExactly(ONE);
        bench.give(new Input.DialFailed(ONE, CloseCode.UNAUTHENTICATED));
        bench.forgetOutputs();
        bench.receive(link, shuffle(new Contact(Bench.node(1), ONE)));
        bench.seconds(120);
        assertThat(dialled(bench)).doesNotContain(ONE);
        bench.seconds(400);
        assertThat(dialled(bench)).contains(ONE);
    }

    @Test
    void whoTurnedUsAwayIsNotDialledBecauseWeStandAlone() {
        Bench bench = Bench.with(Membership.DEFAULT, ONE, TWO);
        bench.seconds(1);
        bench.give(new Input.DialFailed(ONE, CloseCode.WRONG_CLUSTER));
        LinkId link = bench.up(7, TWO, Intent.JOIN);
        bench.digest(link, 1_000);
        bench.seconds(20);
        bench.forgetOutputs();
        bench.down(link);
        bench.seconds(20);
        assertThat(dialled(bench)).contains(TWO).doesNotContain(ONE);
    }

    @Test
    void aLinkThatHadLastedAndWasClosedForGoodIsNotDialledAtOnce() {
        Bench bench = Bench.with(Membership.DEFAULT, ONE);
        bench.seconds(1);
        LinkId link = bench.up(7, ONE, Intent.JOIN);
        bench.digest(link, 1_000);
        bench.seconds(20);
        bench.forgetOutputs();
        bench.give(new Input.LinkDown(link, CloseCode.IDENTITY_IN_USE));
        bench.seconds(60);
        assertThat(dialled(bench)).isEmpty();
    }

    /** Each of them makes us stand alone again, which is no news. */
    @Test
    void peersThatTakeEveryLinkAndEndItDoNotShortenEachOthersPauses() {
        Bench bench = Bench.with(Membership.DEFAULT, ONE, TWO);
        int dials = 0;
        for (int second = 0; second < 300; second++) {
            bench.seconds(1);
            List<Address> dialled = dialled(bench);
            bench.forgetOutputs();
            for (Address each : dialled) {
                boolean other = each.equals(TWO) || each.equals(Bench.observed(8));
                LinkId link = bench.up(other ? 8 : 7, each, Intent.JOIN);
                bench.give(new Input.LinkDown(link, CloseCode.MALFORMED));
            }
            dials += dialled.size();
        }
        assertThat(dials).as("of two peers, in five minutes").isBetween(10, 40);
    }

    /** As when a container has been replaced: its address is known as that of a node that is no more. */
    @Test
    void aCandidateAtWhoseAddressAnotherNodeAnswersIsNotDialledAgainAndAgain() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(7);
        LinkId _ = bench.neighbour(8);
        bench.receive(link, shuffle(new Contact(Bench.node(1), ONE)));
        int dials = 0;
        for (int second = 0; second < 20; second++) {
            bench.seconds(1);
            int dialled = dialled(bench).size();
            bench.forgetOutputs();
            for (int i = 0; i < dialled; i++) {
                LinkId answered = bench.up(8, ONE, Intent.LOW);
                bench.give(new Input.LinkDown(answered, CloseCode.DUPLICATE_LINK));
            }
            dials += dialled;
        }
        assertThat(dials).isEqualTo(1);
    }

    @Test
    void aLinkOutlivesTheConfigurationThatItCameFrom() {
        Bench bench = Bench.with(Membership.DEFAULT, ONE);
        bench.up(7, ONE, Intent.JOIN);
        bench.give(new Input.Bootstrap(List.of()));
        bench.seconds(5);
        assertThat(bench.neighbours()).isEqualTo(1);
    }

    @Test
    void anOperatorSeesWhetherAPeerIsReachedAndHow() {
        Bench bench = Bench.with(Membership.DEFAULT, ONE);
        assertThat(reach(bench)).isEqualTo(View.Reach.NOT_TRIED);
        bench.seconds(1);
        bench.give(new Input.DialFailed(ONE, CloseCode.SELF));
        assertThat(reach(bench)).isEqualTo(View.Reach.SELF);
        bench.give(new Input.DialFailed(ONE, CloseCode.ABNORMAL));
        assertThat(reach(bench)).isEqualTo(View.Reach.UNREACHABLE);
        LinkId link = bench.up(7, ONE, Intent.JOIN);
        bench.digest(link, 1_000);
        assertThat(reach(bench)).isEqualTo(View.Reach.LINKED);
        LinkId relay = bench.neighbour(1);
        bench.down(link);
        assertThat(reach(bench)).isEqualTo(View.Reach.UNREACHABLE);
        bench.receive(relay, Bench.batch(Bench.stream(7), 1, 1));
        assertThat(reach(bench)).as("its stream goes on").isEqualTo(View.Reach.REACHED);
    }

    @Test
    void whatIsRetainedCanBeReadAgainFromATimeOn() {
        Bench bench = new Bench();
        long first = bench.publish(10);
        bench.seconds(10);
        long from = bench.now();
        bench.publish(10);
        bench.publish(10);
        Retained retained = bench.core().retained().getFirst();
        assertThat(first).isPositive();
        assertThat(retained.firstBornSince(Long.MIN_VALUE)).isEqualTo(1);
        assertThat(retained.firstBornSince(from)).isEqualTo(2);
        assertThat(retained.firstBornSince(Long.MAX_VALUE)).isEqualTo(4);
        assertThat(retained.last()).isEqualTo(3);
        assertThat(retained.get(3).length()).isPositive();
    }

    private static Message.Shuffle shuffle(Contact... contacts) {
        return new Message.Shuffle(1, Bench.node(7), 0, List.of(contacts));
    }

    private static View.Reach reach(Bench bench) {
        return bench.core().bootstrap().getFirst().reach();
    }

    private static List<Address> dialled(Bench bench) {
        return bench.outputs(Output.Dial.class).stream()
                .map(Output.Dial::address)
                .toList();
    }
}
