package dev.wsmesh.protocol;

import static dev.wsmesh.protocol.Bench.node;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.protocol.Message.DigestComplete;
import dev.wsmesh.protocol.Message.Disconnect;
import dev.wsmesh.protocol.Message.ForwardJoin;
import dev.wsmesh.protocol.Message.Have;
import dev.wsmesh.protocol.Message.Join;
import dev.wsmesh.protocol.Message.NeighborReply;
import dev.wsmesh.protocol.Message.ShuffleReply;
import dev.wsmesh.protocol.Settings.Membership;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rules of the protocol's chapter on membership; each test is named after what its rule prevents. */
class MembershipRulesTest {
    private static final Membership THREE = Membership.DEFAULT.withViews(3, 10);
    private static final Address CONTACT = new Address("ws://contact");

    private static Contact contact(int number) {
        return new Contact(node(number), new Address("ws://node" + number));
    }

    private static List<LinkId> fill(Bench bench) {
        List<LinkId> links = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            LinkId link = bench.neighbour(i);
            bench.receive(link, new Message.Neighbor(true, contact(i)));
            links.add(link);
        }
        return links;
    }

    @Test
    void aJoinerIsNotTurnedAwayByAFullView() {
        Bench bench = Bench.with(THREE);
        fill(bench);
        bench.neighbour(7);
        assertThat(bench.neighbours()).isEqualTo(3);
        assertThat(bench.outputs(Output.Close.class))
                .extracting(Output.Close::code)
                .containsExactly(CloseCode.FULL);
        assertThat(bench.view().links())
                .anyMatch(each -> each.neighbour() && each.id().peer().equals(node(7)));
    }

    @Test
    void whoIsRefusedOrEvictedIsNotLeftWithoutContacts() {
        Bench bench = Bench.with(THREE);
        fill(bench);
        LinkId refused = bench.accept(7, Intent.LOW);
        assertThat(bench.said(refused, Disconnect.class))
                .singleElement()
                .satisfies(each -> assertThat(each.contacts()).contains(contact(1), contact(2), contact(3)));
        assertThat(bench.outputs(Output.Close.class)).containsExactly(new Output.Close(refused, CloseCode.FULL));
        assertThat(bench.neighbours()).isEqualTo(3);
    }

    @Test
    void nothingEntersTheViewBeforeItsLinkIsUp() {
        Bench bench = Bench.with(Membership.DEFAULT, CONTACT);
        bench.seconds(2);
        assertThat(bench.outputs(Output.Dial.class)).containsExactly(new Output.Dial(CONTACT, Intent.JOIN));
        assertThat(bench.view().links()).isEmpty();
    }

    @Test
    void aRepeatedJoinIsAnsweredAgain() {
        Bench bench = new Bench();
        LinkId link = bench.accept(1, Intent.JOIN);
        bench.receive(link, new Join(contact(1)));
        bench.receive(link, new Join(contact(1)));
        assertThat(bench.said(link, NeighborReply.class)).hasSize(2);
    }

    @Test
    void aRepeatedJoinDoesNotWalkAgain() {
        Bench bench = new Bench();
        LinkId other = bench.neighbour(1);
        LinkId joiner = bench.accept(2, Intent.JOIN);
        bench.receive(joiner, new Join(contact(2)), new Join(contact(2)));
        assertThat(bench.said(other, ForwardJoin.class)).hasSize(1);
    }

    @Test
    void aJoinerIsNotKnownToItsContactAlone() {
        Bench bench = new Bench();
        LinkId other = bench.neighbour(1);
        LinkId joiner = bench.accept(2, Intent.JOIN);
        bench.receive(joiner, new Join(contact(2)));
        assertThat(bench.said(other, ForwardJoin.class)).containsExactly(new ForwardJoin(contact(2), 6));
    }

    @Test
    void aWalkDoesNotGoOnForEver() {
        Bench bench = new Bench();
        LinkId from = bench.neighbour(1);
        LinkId other = bench.neighbour(2);
        bench.receive(from, new ForwardJoin(contact(7), 2));
        assertThat(bench.said(other, ForwardJoin.class)).containsExactly(new ForwardJoin(contact(7), 1));
        bench.receive(from, new ForwardJoin(contact(8), 1));
        assertThat(bench.said(other, ForwardJoin.class)).isEmpty();
        assertThat(bench.outputs(Output.Dial.class))
                .extracting(Output.Dial::address)
                .contains(contact(8).address());
    }

    @Test
    void anUnaskedShuffleReplyCannotFillThePassiveView() {
        Bench bench = Bench.with(THREE.withoutFilling());
        LinkId link = bench.neighbour(1);
        bench.receive(link, new ShuffleReply(42, List.of(contact(7))));
        assertThat(bench.view().passive()).isEmpty();
        bench.receive(link, new Disconnect(List.of(contact(8))));
        assertThat(bench.view().passive())
                .extracting(Contact::id)
                .contains(node(8))
                .doesNotContain(node(7));
    }

    @Test
    void aPeerCannotSpeakAboutTheAddressOfAnother() {
        Bench bench = Bench.with(THREE.withoutFilling());
        LinkId link = bench.neighbour(1);
        bench.receive(link, new Message.Neighbor(true, contact(2)));
        assertThat(bench.view().links()).allMatch(each -> each.contact().id().equals(node(1)));
    }

    @Test
    void aBootstrapPeerThatDoesNotAnswerIsNotGivenUp() {
        Bench bench = Bench.with(Membership.DEFAULT, CONTACT);
        for (int i = 0; i < 20; i++) {
            bench.seconds(120);
            assertThat(bench.outputs(Output.Dial.class)).as("dial %s", i).hasSize(1);
            bench.forgetOutputs();
            bench.give(new Input.DialFailed(CONTACT, CloseCode.ABNORMAL));
        }
    }

    @Test
    void aProbeThatFindsTheSameMeshDoesNotEvictAnybody() {
        Bench bench = Bench.with(THREE, CONTACT);
        StreamId stream = Bench.stream(9);
        LinkId source = bench.neighbour(1);
        bench.receive(source, Bench.batch(stream, 1, 3));
        LinkId probe = bench.up(7, CONTACT, Intent.PROBE);
        bench.digest(probe, 1_000, new Have(stream, 1, 2));
        assertThat(bench.outputs(Output.Close.class)).containsExactly(new Output.Close(probe, CloseCode.NORMAL));
        assertThat(bench.said(probe, Join.class)).isEmpty();
    }

    @Test
    void aProbeThatFindsAnotherMeshDoesNotLeaveTheHalvesApart() {
        Bench bench = Bench.with(THREE, CONTACT);
        LinkId source = bench.neighbour(1);
        bench.receive(source, Bench.batch(Bench.stream(9), 1, 3));
        LinkId probe = bench.up(7, CONTACT, Intent.PROBE);
        bench.digest(probe, 1_000, new Have(Bench.stream(8), 1, 2));
        bench.seconds(4);
        assertThat(bench.said(probe, Join.class)).isEmpty();
        bench.seconds(2);
        assertThat(bench.said(probe, Join.class)).hasSize(1);
        bench.receive(probe, new NeighborReply(contact(7), List.of()));
        assertThat(bench.neighbours()).isEqualTo(2);
    }

    @Test
    void whomAProbeJoinsIsNotCountedBeforeItKnows() {
        Bench bench = Bench.with(THREE, CONTACT);
        bench.neighbour(1);
        LinkId probe = bench.up(7, CONTACT, Intent.PROBE);
        bench.digest(probe, DigestComplete.NEVER);
        bench.seconds(6);
        assertThat(bench.said(probe, Join.class)).hasSize(1);
        bench.forgetOutputs();
        bench.publish(10);
        assertThat(bench.outputs(Output.Published.class))
                .singleElement()
                .satisfies(each -> assertThat(each.neighbours()).isEqualTo(1));
        assertThat(bench.said(probe, Message.Batch.class)).isEmpty();
        bench.receive(probe, new NeighborReply(contact(7), List.of()));
        assertThat(bench.outputs(Output.NeighbourUp.class)).containsExactly(new Output.NeighbourUp(probe));
        assertThat(bench.brought(probe)).hasSize(1);
    }

    @Test
    void aJoinOfAProbeThatIsNotAnsweredIsNotWaitedForForEver() {
        Bench bench = Bench.with(THREE, CONTACT);
        LinkId source = bench.neighbour(1);
        LinkId probe = bench.up(7, CONTACT, Intent.PROBE);
        bench.digest(probe, DigestComplete.NEVER);
        for (int second = 0; second < 90; second++) {
            bench.seconds(1);
            bench.give(new Input.Heard(source));
            bench.give(new Input.Heard(probe));
        }
        assertThat(bench.outputs(Output.Close.class))
                .extracting(Output.Close::link)
                .containsExactly(probe);
    }

    @Test
    void aProbeDoesNotJoinItsOwnMeshBecauseNobodyPublishes() {
        Bench bench = Bench.with(THREE, CONTACT);
        StreamId beacons = Bench.stream(7);
        LinkId source = bench.neighbour(1);
        LinkId probe = bench.up(7, CONTACT, Intent.PROBE);
        bench.digest(probe, 1_000, new Have(beacons, 1, 1));
        assertThat(bench.outputs(Output.Close.class)).isEmpty();
        bench.receive(source, Bench.batch(beacons, 1, 1));
        bench.seconds(1);
        assertThat(bench.outputs(Output.Close.class)).containsExactly(new Output.Close(probe, CloseCode.NORMAL));
    }

    @Test
    void whoIsProbedDoesNotLeaveTheProberWithoutEvidence() {
        Bench bench = new Bench();
        LinkId probe = bench.accept(1, Intent.PROBE);
        assertThat(bench.said(probe, Have.class)).containsExactly(new Have(Bench.OWN, 1, 1));
    }

    @Test
    void aHundredProbesAreNotAHundredBeacons() {
        Bench bench = new Bench();
        for (int i = 0; i < 100; i++) {
            bench.accept(10 + i, Intent.PROBE);
            bench.millis(100);
        }
        assertThat(bench.delivered(Bench.OWN)).containsExactly(1L);
        bench.seconds(3_600);
        assertThat(bench.delivered(Bench.OWN)).hasSizeBetween(15, 25);
    }

    @Test
    void whoPublishesByItselfSendsNoBeacons() {
        Bench bench = new Bench();
        bench.publish(10);
        bench.accept(1, Intent.PROBE);
        assertThat(bench.delivered(Bench.OWN)).containsExactly(1L);
    }

    @Test
    void aCandidateIsNoNeighbourBeforeItHasAnswered() {
        Bench bench = Bench.with(THREE);
        LinkId asked = bench.up(7, new Address("ws://node7"), Intent.LOW);
        bench.digest(asked, 1_000);
        bench.publish(10);
        assertThat(bench.outputs(Output.NeighbourUp.class)).isEmpty();
        assertThat(bench.said(asked, Message.Batch.class)).isEmpty();
        bench.receive(asked, new NeighborReply(contact(7), List.of()));
        assertThat(bench.outputs(Output.NeighbourUp.class)).containsExactly(new Output.NeighbourUp(asked));
        assertThat(bench.said(asked, Message.Batch.class)).hasSize(1);
    }

    @Test
    void inAFullMeshRefusalsDoNotFollowEachOtherWithoutEnd() {
        Bench bench = Bench.with(THREE);
        List<LinkId> kept = List.of(bench.neighbour(1), bench.neighbour(2));
        bench.receive(bench.neighbour(3), new Disconnect(List.of(contact(100))));
        int dials = 0;
        for (int second = 0; second < 600; second++) {
            bench.seconds(1);
            kept.forEach(link -> bench.give(new Input.Heard(link)));
            for (Output.Dial dial : bench.outputs(Output.Dial.class)) {
                dials++;
                bench.forgetOutputs();
                LinkId refusing = bench.up(100 + dials, dial.address(), dial.intent());
                bench.receive(refusing, new Disconnect(List.of(contact(101 + dials))));
            }
        }
        assertThat(dials).isBetween(10, 30);
    }

    @Test
    void aJoinerDoesNotDependOnItsContactAlone() {
        Bench bench = new Bench();
        bench.receive(bench.neighbour(1), new Message.Neighbor(true, contact(1)));
        LinkId joiner = bench.acceptOutboundOnly(2, Intent.JOIN);
        bench.receive(joiner, new Join(new Contact(node(2), null)));
        assertThat(bench.said(joiner, NeighborReply.class))
                .singleElement()
                .satisfies(each -> assertThat(each.contacts()).containsExactly(contact(1)));
    }

    @Test
    void aNodeThatOnlyDialsOutEvictsNobody() {
        Bench bench = Bench.with(THREE);
        fill(bench);
        for (int i = 10; i < 20; i++) {
            bench.acceptOutboundOnly(i, Intent.JOIN);
        }
        assertThat(bench.outputs(Output.Close.class)).isEmpty();
        assertThat(bench.neighbours()).isEqualTo(13);
    }

    @Test
    void nodesThatOnlyDialOutAreNotAdmittedWithoutBound() {
        Bench bench = Bench.with(THREE);
        for (int i = 10; i < 310; i++) {
            bench.acceptOutboundOnly(i, Intent.JOIN);
        }
        assertThat(bench.neighbours()).isEqualTo(256);
    }

    @Test
    void whoNamesNoAddressIsKnownByTheOneWhereItWasSeen() {
        Bench bench = new Bench();
        LinkId other = bench.neighbour(1);
        LinkId joiner = bench.accept(2, Intent.JOIN);
        bench.receive(joiner, new Join(new Contact(node(2), null)));
        Contact seen = new Contact(node(2), new Address("ws://observed2"));
        assertThat(bench.said(other, ForwardJoin.class)).containsExactly(new ForwardJoin(seen, 6));
    }

    @Test
    void aFloodOfJoinersIsNotAFloodOfDials() {
        Bench bench = new Bench();
        LinkId from = bench.neighbour(1);
        for (int i = 10; i < 110; i++) {
            bench.receive(from, new ForwardJoin(contact(i), 1));
        }
        assertThat(bench.outputs(Output.Dial.class))
                .hasSize(Membership.DEFAULT.dialling().most());
    }

    @Test
    void nobodyGetsPastTheBoundByNamingAnAddressLater() {
        Bench bench = Bench.with(THREE);
        for (int i = 10; i < 20; i++) {
            LinkId link = bench.acceptOutboundOnly(i, Intent.JOIN);
            bench.receive(link, new Join(contact(i)));
        }
        assertThat(bench.neighbours()).isEqualTo(3);
    }

    @Test
    void aProbeThatItsDiallerForgetsIsNotKeptForEver() {
        Bench bench = new Bench();
        LinkId probe = bench.accept(1, Intent.PROBE);
        for (int i = 0; i < 10; i++) {
            bench.seconds(10);
            bench.give(new Input.Heard(probe));
        }
        assertThat(bench.outputs(Output.Close.class)).containsExactly(new Output.Close(probe, CloseCode.NORMAL));
    }

    @Test
    void anUnaskedReplyCannotFillThePassiveView() {
        Bench bench = Bench.with(THREE.withoutFilling());
        LinkId link = bench.neighbour(1);
        bench.receive(link, new NeighborReply(contact(1), List.of(contact(7))));
        assertThat(bench.view().passive()).isEmpty();
    }

    @Test
    void aLeaverThatStaysIsNotANeighbourForEver() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        bench.receive(link, new Message.Leave(0));
        for (int i = 0; i < 10; i++) {
            bench.seconds(10);
            bench.give(new Input.Heard(link));
        }
        assertThat(bench.outputs(Output.Close.class)).containsExactly(new Output.Close(link, CloseCode.NORMAL));
    }

    @Test
    void aBootstrapLinkIsNotEvictedByItsDialler() {
        Bench bench = Bench.with(THREE, CONTACT);
        LinkId sticky = bench.up(1, CONTACT, Intent.JOIN);
        bench.digest(sticky, 1_000);
        for (int i = 2; i < 30; i++) {
            bench.neighbour(i);
        }
        assertThat(bench.view().links())
                .anyMatch(each -> each.id().equals(sticky) && each.neighbour() && each.sticky());
    }
}
