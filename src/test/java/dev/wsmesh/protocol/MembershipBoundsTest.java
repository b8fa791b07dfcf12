package dev.wsmesh.protocol;

import static dev.wsmesh.protocol.Bench.node;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.protocol.Message.Disconnect;
import dev.wsmesh.protocol.Message.ForwardJoin;
import dev.wsmesh.protocol.Message.Shuffle;
import dev.wsmesh.protocol.Message.ShuffleReply;
import dev.wsmesh.protocol.Settings.Membership;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What membership does at its bounds, and by which intent it dials; each test is named after what that prevents. */
class MembershipBoundsTest {
    private static final Membership THREE = Membership.DEFAULT.withViews(3, 10);
    private static final Address CONTACT = new Address("ws://contact");
    private static final Address OTHER = new Address("ws://other");

    private static Contact contact(int number) {
        return new Contact(node(number), new Address("ws://node" + number));
    }

    private static List<Contact> contacts(int first, int count) {
        return IntStream.range(first, first + count)
                .mapToObj(MembershipBoundsTest::contact)
                .toList();
    }

    /** A neighbour that names candidates with its goodbye. */
    private static void learn(Bench bench, int first, int count) {
        bench.receive(bench.neighbour(99), new Disconnect(contacts(first, count)));
    }

    private static void heardFor(Bench bench, int seconds, List<LinkId> links) {
        for (int i = 0; i < seconds; i++) {
            bench.seconds(1);
            links.forEach(link -> bench.give(new Input.Heard(link)));
        }
    }

    @Test
    void anAddressThatThePolicyForbidsIsNeverDialled() {
        Settings settings = Settings.of(Bench.SELF, new Address("ws://self"), List.of());
        Bench bench = new Bench(settings, address -> !address.url().contains("node7"));
        learn(bench, 7, 2);
        bench.seconds(10);
        assertThat(bench.outputs(Output.Dial.class))
                .extracting(Output.Dial::address)
                .contains(contact(8).address())
                .doesNotContain(contact(7).address());
    }

    @Test
    void aCandidateThatNeverAnswersIsNotKeptForEver() {
        Bench bench = new Bench();
        learn(bench, 7, 1);
        int dials = 0;
        for (int second = 0; second < 600; second++) {
            bench.seconds(1);
            List<Output.Dial> made = bench.outputs(Output.Dial.class);
            bench.forgetOutputs();
            for (Output.Dial dial : made) {
                dials += dial.address().equals(contact(7).address()) ? 1 : 0;
                bench.give(new Input.DialFailed(dial.address(), CloseCode.ABNORMAL));
            }
        }
        assertThat(dials).isEqualTo(Membership.DEFAULT.dialling().candidateFailures());
    }

    @Test
    void manyCandidatesAreNotDialledAllAtOnce() {
        Bench bench = new Bench();
        learn(bench, 10, 30);
        bench.seconds(5);
        assertThat(bench.outputs(Output.Dial.class))
                .hasSize(Membership.DEFAULT.dialling().most());
    }

    @Test
    void aNodeThatKeepsToItsPeersDialsNobodyElse() {
        Bench bench = Bench.with(THREE.withoutFilling());
        learn(bench, 10, 5);
        bench.receive(bench.neighbour(1), new ForwardJoin(contact(20), 1));
        bench.seconds(60);
        assertThat(bench.outputs(Output.Dial.class)).isEmpty();
    }

    @Test
    void whoIsInNeedDoesNotAskForAFavour() {
        Bench bench = Bench.with(THREE);
        learn(bench, 10, 5);
        bench.seconds(1);
        assertThat(bench.outputs(Output.Dial.class))
                .isNotEmpty()
                .extracting(Output.Dial::intent)
                .containsOnly(Intent.HIGH);
    }

    @Test
    void whoHasEnoughDoesNotPushOthersOut() {
        Bench bench = Bench.with(THREE);
        bench.neighbour(1);
        bench.neighbour(2);
        learn(bench, 10, 5);
        bench.seconds(1);
        assertThat(bench.outputs(Output.Dial.class))
                .isNotEmpty()
                .extracting(Output.Dial::intent)
                .containsOnly(Intent.LOW);
    }

    @Test
    void whoIsFullOnlyLooksAtItsBootstrapPeers() {
        Bench bench = Bench.with(THREE, CONTACT);
        for (int i = 1; i <= 3; i++) {
            bench.neighbour(i);
        }
        bench.seconds(1);
        assertThat(bench.outputs(Output.Dial.class)).containsExactly(new Output.Dial(CONTACT, Intent.PROBE));
    }

    @Test
    void bootstrapPeersDoNotTakeMoreThanHalfOfTheView() {
        Bench bench = Bench.with(THREE, CONTACT, OTHER);
        bench.up(1, CONTACT, Intent.JOIN);
        bench.up(2, OTHER, Intent.HIGH);
        assertThat(bench.view().links()).filteredOn(View.LinkView::sticky).hasSize(1);
    }

    @Test
    void strangersCannotSurroundANode() {
        Bench bench = Bench.with(THREE);
        List<LinkId> own = List.of(
                bench.up(1, contact(1).address(), Intent.HIGH),
                bench.up(2, contact(2).address(), Intent.HIGH));
        for (int i = 10; i < 60; i++) {
            bench.accept(i, Intent.JOIN);
        }
        assertThat(bench.view().links())
                .filteredOn(View.LinkView::neighbour)
                .extracting(View.LinkView::id)
                .containsAll(own);
    }

    @Test
    void aBootstrapPeerThatIsHeardThroughTheMeshIsNotDialled() {
        Bench bench = Bench.with(THREE, CONTACT);
        LinkId lost = bench.up(7, CONTACT, Intent.JOIN);
        bench.digest(lost, 1_000);
        LinkId relay = bench.neighbour(1);
        bench.neighbour(2);
        bench.neighbour(3);
        hearOfTheLostContact(bench, lost, relay);
        assertThat(dialsOfTheContact(bench)).isEmpty();
    }

    @Test
    void whoKeepsToItsConfiguredLinksDialsThemAgainWhateverItHears() {
        Bench bench = Bench.with(THREE.withoutFilling(), CONTACT);
        LinkId lost = bench.up(7, CONTACT, Intent.JOIN);
        bench.digest(lost, 1_000);
        LinkId relay = bench.neighbour(1);
        hearOfTheLostContact(bench, lost, relay);
        assertThat(dialsOfTheContact(bench)).isNotEmpty();
    }

    @Test
    void aBootstrapPeerWhoseLinkBrokeIsNotTakenForReachedByWhatCameOverThatLink() {
        Bench bench = Bench.with(THREE, CONTACT);
        LinkId broken = bench.up(7, CONTACT, Intent.JOIN);
        bench.digest(broken, 60_000);
        LinkId other = bench.neighbour(1);
        bench.seconds(15);
        bench.receive(broken, Bench.batch(Bench.stream(7), 1, 1));
        bench.give(new Input.Heard(other));
        bench.millis(1);
        bench.forgetOutputs();
        bench.down(broken);
        assertThat(bench.view().bootstrap().getFirst().reach()).isEqualTo(View.Reach.UNREACHABLE);
        bench.seconds(2);
        assertThat(dialsOfTheContact(bench)).isNotEmpty();
    }

    @Test
    void aLeaverIsNotCountedAnyMoreThatStillHasToHandOver() {
        Bench bench = new Bench();
        LinkId leaver = bench.neighbour(1);
        bench.receive(leaver, new Message.Leave(0));
        assertThat(bench.outputs(Output.NeighbourDown.class)).containsExactly(new Output.NeighbourDown(leaver));
        bench.down(leaver);
        assertThat(bench.outputs(Output.NeighbourDown.class)).hasSize(1);
    }

    /** The link is lost, but what the contact publishes goes on arriving through another node for five minutes. */
    private static void hearOfTheLostContact(Bench bench, LinkId lost, LinkId relay) {
        bench.down(lost);
        bench.forgetOutputs();
        for (int i = 1; i <= 300; i++) {
            bench.receive(relay, Bench.batch(Bench.stream(7), i, i));
            bench.seconds(1);
        }
    }

    private static List<Output.Dial> dialsOfTheContact(Bench bench) {
        return bench.outputs(Output.Dial.class).stream()
                .filter(each -> each.address().equals(CONTACT))
                .toList();
    }

    @Test
    void aNodeThatHasLostItsLastLinkDialsAtOnceWhomItHasHeardAMomentAgo() {
        Bench bench = Bench.with(THREE.withoutFilling(), CONTACT);
        LinkId only = bench.up(7, CONTACT, Intent.JOIN);
        bench.digest(only, 1_000);
        bench.receive(only, Bench.batch(Bench.stream(7), 1, 1));
        bench.forgetOutputs();
        bench.down(only);
        bench.seconds(3);
        assertThat(bench.outputs(Output.Dial.class))
                .extracting(Output.Dial::address)
                .containsExactly(CONTACT);
    }

    @Test
    void aRefusalThatOnlyAnOperatorCanLiftIsNotRepeatedEveryMinute() {
        Bench bench = Bench.with(THREE, CONTACT);
        bench.seconds(1);
        bench.forgetOutputs();
        bench.give(new Input.DialFailed(CONTACT, CloseCode.UNAUTHENTICATED));
        bench.seconds(149);
        assertThat(bench.outputs(Output.Dial.class)).isEmpty();
        bench.seconds(302);
        assertThat(bench.outputs(Output.Dial.class)).hasSize(1);
    }

    @Test
    void nobodyCanSendAWalkThroughTheWholeMesh() {
        Bench bench = new Bench();
        LinkId from = bench.neighbour(1);
        LinkId other = bench.neighbour(2);
        bench.receive(from, new ForwardJoin(contact(7), 255));
        bench.receive(from, new Shuffle(1, node(8), 255, List.of()));
        assertThat(bench.said(other)).contains(new ForwardJoin(contact(7), 5), new Shuffle(1, node(8), 5, List.of()));
    }

    @Test
    void aJoinerIsRememberedByANodeHalfWay() {
        Bench bench = Bench.with(THREE.withoutFilling());
        LinkId from = bench.neighbour(1);
        bench.neighbour(2);
        bench.receive(from, new ForwardJoin(contact(7), 5), new ForwardJoin(contact(8), 4));
        assertThat(bench.view().passive()).contains(contact(8)).doesNotContain(contact(7));
    }

    @Test
    void oneShuffleCannotReplaceThePassiveView() {
        Bench bench = Bench.with(Membership.DEFAULT.withoutFilling());
        LinkId link = bench.neighbour(1);
        bench.receive(link, new Shuffle(1, node(8), 1, contacts(100, 32)));
        assertThat(bench.view().passive()).hasSize(8);
    }

    @Test
    void aStuckLinkDoesNotCollectMessagesWithoutEnd() {
        Bench bench = new Bench();
        LinkId from = bench.neighbour(1);
        LinkId stuck = bench.neighbour(2);
        bench.stick(stuck);
        for (int i = 10; i < 210; i++) {
            bench.receive(from, new ForwardJoin(contact(i), 6));
        }
        assertThat(bench.view().links())
                .filteredOn(each -> each.id().equals(stuck))
                .allSatisfy(each -> assertThat(each.queuedMessages()).isEqualTo(64));
        assertThat(bench.counted(Counter.CONTROL_DROPPED)).isPositive();
    }

    @Test
    void whoLeavesIsNotAskedForAnything() {
        Bench bench = new Bench();
        List<LinkId> links = new ArrayList<>();
        LinkId source = bench.neighbour(2);
        LinkId leaver = bench.neighbour(1);
        links.add(source);
        links.add(leaver);
        bench.receive(source, Bench.batch(Bench.stream(9), 1, 3));
        bench.receive(leaver, new Message.Have(Bench.stream(9), 1, 9), new Message.Leave(0));
        bench.said(leaver);
        heardFor(bench, 20, links);
        assertThat(bench.said(leaver, Message.Graft.class)).isEmpty();
    }

    @Test
    void aPeerThatWasFullOnceIsNotTakenForFullForEver() {
        Settings settings = Settings.of(Bench.SELF, new Address("ws://self"), List.of(CONTACT));
        Bench bench = new Bench(settings.with(THREE), _ -> false);
        List<LinkId> links = List.of(bench.neighbour(1));
        List<Intent> intents = new ArrayList<>();
        for (int round = 0; round < 4; round++) {
            heardFor(bench, 91, links);
            Output.Dial dial = bench.outputs(Output.Dial.class).getLast();
            intents.add(dial.intent());
            LinkId link = bench.up(7, dial.address(), dial.intent());
            bench.receive(link, dial.intent() == Intent.LOW ? new Disconnect(List.of()) : new Message.Ping(1));
            bench.down(link);
        }
        assertThat(intents).containsExactly(Intent.LOW, Intent.PROBE, Intent.LOW, Intent.PROBE);
    }

    @Test
    void tooManyNodesOfOneKindDoNotPushOutTheOther() {
        Bench bench = Bench.with(Membership.DEFAULT.withViews(1, 10));
        bench.up(1, contact(1).address(), Intent.HIGH);
        bench.up(2, contact(2).address(), Intent.HIGH);
        bench.acceptOutboundOnly(3, Intent.HIGH);
        bench.acceptOutboundOnly(4, Intent.HIGH);
        bench.acceptOutboundOnly(6, Intent.LOW);
        assertThat(bench.outputs(Output.Close.class)).isEmpty();
        assertThat(bench.neighbours()).isEqualTo(5);
    }

    @Test
    void shufflesThatAreNeverAnsweredDoNotFillTheMemory() {
        Bench bench = new Bench();
        LinkId from = bench.neighbour(1);
        LinkId other = bench.neighbour(2);
        for (int nonce = 0; nonce <= 256; nonce++) {
            bench.receive(from, new Shuffle(nonce, node(8), 6, List.of()));
        }
        bench.receive(other, new ShuffleReply(0, List.of()), new ShuffleReply(1, List.of()));
        assertThat(bench.said(from, ShuffleReply.class)).containsExactly(new ShuffleReply(1, List.of()));
    }

    @Test
    void aShuffleOfLongAgoIsNotAnsweredAnyMore() {
        Bench bench = Bench.with(Membership.DEFAULT.withoutFilling());
        LinkId link = bench.neighbour(1);
        List<Long> nonces = new ArrayList<>();
        while (nonces.size() < 9) {
            heardFor(bench, 5, List.of(link));
            bench.said(link, Shuffle.class).forEach(each -> nonces.add(each.nonce()));
        }
        bench.receive(link, new ShuffleReply(nonces.getFirst(), contacts(10, 1)));
        bench.receive(link, new ShuffleReply(nonces.get(1), contacts(11, 1)));
        assertThat(bench.view().passive()).containsExactly(contact(11));
    }
}
