package dev.wsmesh.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.wsmesh.identity.Handshake.Admitted;
import dev.wsmesh.identity.Handshake.Refused;
import dev.wsmesh.identity.Handshake.Send;
import dev.wsmesh.identity.Handshake.Step;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Intent;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.wire.HandshakeCodec;
import dev.wsmesh.wire.WireException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HandshakeTest {
    private static final long NOW = 1_763_800_000_000L;
    private static final HandshakeCodec CODEC = new HandshakeCodec(Limits.DEFAULT);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String SECRET = ClusterKey.generate();

    private final NodeKey anne = NodeKey.generate();
    private final NodeKey bert = NodeKey.generate();

    private static LocalNode node(NodeKey key, String... secrets) {
        return new LocalNode(
                key, ClusterKeys.parse(List.of(secrets)), "orders", Set.of(), NOW, 1, 1 << 20, "ws://:8080/mesh");
    }

    private static Handshake dial(LocalNode local, Intent intent) {
        return Handshake.dial(local, intent, RANDOM, CODEC::encode);
    }

    private static Handshake accept(LocalNode local) {
        return Handshake.accept(local, RANDOM, CODEC::encode);
    }

    private static Step give(Handshake side, Bytes frame) {
        try {
            return side.onMessage(CODEC.decode(frame.toArray()), frame, NOW);
        } catch (WireException e) {
            throw new AssertionError(e);
        }
    }

    private static Bytes sent(Step step) {
        assertThat(step).isInstanceOf(Send.class);
        return ((Send) step).frame();
    }

    /** How it ends on both sides; the dialler may still be waiting when the acceptor has refused. */
    private record Ends(@Nullable Step dialler, Step acceptor) {}

    private static Ends run(LocalNode dialling, LocalNode accepting, Intent intent) {
        Handshake dialler = dial(dialling, intent);
        Handshake acceptor = accept(accepting);
        Step hello = give(acceptor, dialler.greeting());
        if (hello instanceof Refused) {
            return new Ends(null, hello);
        }
        Step proof = give(dialler, sent(hello));
        if (proof instanceof Refused) {
            return new Ends(proof, hello);
        }
        Step end = give(acceptor, sent(proof));
        Bytes last = end instanceof Admitted admitted ? admitted.frame() : null;
        return new Ends(last == null ? null : give(dialler, last), end);
    }

    private static void assertRefused(@Nullable Step step, CloseCode code, String reason) {
        assertThat(step).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo(code);
            assertThat(refused.reason()).contains(reason);
        });
    }

    @Test
    void bothEndsLearnWhoTheOtherIsAndWhatItAccepts() {
        Ends ends = run(node(anne, SECRET), node(bert, SECRET), Intent.HIGH);
        assertThat(ends.dialler()).isInstanceOfSatisfying(Admitted.class, admitted -> {
            assertThat(admitted.peer()).isEqualTo(bert.id());
            assertThat(admitted.epoch()).isEqualTo(NOW);
            assertThat(admitted.intent()).isEqualTo(Intent.HIGH);
            assertThat(admitted.frameBytes()).isEqualTo(1 << 20);
            assertThat(admitted.endpoint()).isEqualTo("ws://:8080/mesh");
            assertThat(admitted.joins()).isEqualTo(Bytes.EMPTY);
            assertThat(admitted.frame()).isNull();
        });
        assertThat(ends.acceptor()).isInstanceOfSatisfying(Admitted.class, admitted -> {
            assertThat(admitted.transcript())
                    .isEqualTo(((Admitted) Objects.requireNonNull(ends.dialler())).transcript());
            assertThat(admitted.peer()).isEqualTo(anne.id());
            assertThat(admitted.intent()).isEqualTo(Intent.HIGH);
        });
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void aLinkMayHaveASecondSocketOnlyIfBothEndsLetIt(boolean dialler, boolean acceptor) {
        Ends ends = run(letting(anne, dialler), letting(bert, acceptor), Intent.HIGH);
        assertThat(((Admitted) Objects.requireNonNull(ends.dialler())).secondSocket())
                .isEqualTo(dialler && acceptor);
        assertThat(((Admitted) ends.acceptor()).secondSocket()).isEqualTo(dialler && acceptor);
    }

    private static LocalNode letting(NodeKey key, boolean secondSocket) {
        return new LocalNode(key, ClusterKeys.NONE, "orders", Set.of(), NOW, 1, 1 << 20, "", secondSocket);
    }

    @Test
    void anOpenMeshNeedsNoKey() {
        assertThat(run(node(anne), node(bert), Intent.JOIN).dialler()).isInstanceOf(Admitted.class);
    }

    @Test
    void aStrangerToTheClusterIsRefusedAndToldWhatToDo() {
        Ends ends = run(node(anne, ClusterKey.generate()), node(bert, SECRET), Intent.JOIN);
        assertRefused(ends.acceptor(), CloseCode.UNAUTHENTICATED, "give both the same mesh.key");
    }

    @Test
    void aNodeWithoutTheKeyIsRefused() {
        assertRefused(
                run(node(anne), node(bert, SECRET), Intent.JOIN).acceptor(),
                CloseCode.UNAUTHENTICATED,
                "it has no cluster key");
    }

    @Test
    void aNodeWithAKeyAndOneWithoutDoNotLink() {
        assertRefused(
                run(node(anne, SECRET), node(bert), Intent.JOIN).acceptor(),
                CloseCode.UNAUTHENTICATED,
                "it has a cluster key, this node has none");
    }

    @Test
    void whileTheKeyIsReplacedOldAndNewNodesLinkInBothDirections() {
        String fresh = ClusterKey.generate();
        LocalNode old = node(anne, SECRET);
        LocalNode both = node(bert, SECRET, fresh);
        LocalNode turned = node(NodeKey.generate(), fresh, SECRET);
        LocalNode done = node(NodeKey.generate(), fresh);
        for (LocalNode[] pair : new LocalNode[][] {
            {old, both}, {both, old}, {both, turned}, {turned, both}, {turned, done}, {done, turned}
        }) {
            assertThat(run(pair[0], pair[1], Intent.LOW).dialler()).isInstanceOf(Admitted.class);
        }
    }

    @Test
    void nodesOfDifferentClustersDoNotLink() {
        LocalNode other = new LocalNode(anne, ClusterKeys.NONE, "billing", Set.of(), NOW, 1, 1 << 20, "");
        assertRefused(run(other, node(bert), Intent.JOIN).acceptor(), CloseCode.WRONG_CLUSTER, "'billing'");
    }

    @Test
    void onlyAllowedNodesAreAdmitted() {
        LocalNode choosy = new LocalNode(bert, ClusterKeys.NONE, "orders", Set.of(anne.id()), NOW, 1, 1 << 20, "");
        assertThat(run(node(anne), choosy, Intent.JOIN).dialler()).isInstanceOf(Admitted.class);
        NodeKey carl = NodeKey.generate();
        assertRefused(
                run(node(carl), choosy, Intent.JOIN).acceptor(),
                CloseCode.UNAUTHENTICATED,
                "node " + carl.id() + " is not among the allowed nodes");
    }

    @Test
    void aNodeThatDialsItselfNotices() {
        LocalNode self = node(anne, SECRET);
        assertRefused(run(self, self, Intent.JOIN).acceptor(), CloseCode.SELF, "this node itself");
    }

    @Test
    void aNodeKnowsWhichOfItsDialsItHasHeardItself() {
        LocalNode self = node(anne, SECRET);
        Handshake dialler = dial(self, Intent.JOIN);
        Handshake other = dial(self, Intent.JOIN);
        Handshake acceptor = accept(self);
        assertThat(acceptor.hasHeard(dialler)).isFalse();
        assertRefused(give(acceptor, dialler.greeting()), CloseCode.SELF, "this node itself");
        assertThat(acceptor.hasHeard(dialler)).isTrue();
        assertThat(acceptor.hasHeard(other)).isFalse();
    }

    @Test
    void aCopiedKeyIsToldFromOneself() {
        LocalNode copy = new LocalNode(anne, ClusterKeys.NONE, "orders", Set.of(), NOW, 2, 1 << 20, "");
        assertRefused(
                run(copy, node(anne), Intent.JOIN).acceptor(), CloseCode.IDENTITY_IN_USE, "a copy of this node's key");
    }

    @Test
    void whoMerelyClaimsOurIdentityIsNoCopy() {
        Handshake acceptor = accept(node(anne));
        Handshake liar = dial(node(bert), Intent.JOIN);
        LocalNode claimed = new LocalNode(anne, ClusterKeys.NONE, "orders", Set.of(), NOW, 2, 1 << 20, "");
        Bytes hello = sent(give(acceptor, dial(claimed, Intent.JOIN).greeting()));
        Bytes proof = sent(give(liar, hello));
        assertThat(give(acceptor, proof)).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo(CloseCode.UNAUTHENTICATED);
            assertThat(refused.peer()).isNull();
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {-30, 0, 23})
    void aClockThatIsSomewhatWrongDoesNotMatter(long hoursAhead) {
        LocalNode skewed = new LocalNode(
                anne,
                ClusterKeys.NONE,
                "orders",
                Set.of(),
                NOW + Duration.ofHours(hoursAhead).toMillis(),
                1,
                1 << 20,
                "");
        assertThat(run(skewed, node(bert), Intent.JOIN).dialler()).isInstanceOf(Admitted.class);
    }

    @Test
    void anEpochBeyondReasonIsRefused() {
        LocalNode future = new LocalNode(
                anne,
                ClusterKeys.NONE,
                "orders",
                Set.of(),
                NOW + Duration.ofDays(400).toMillis(),
                1,
                1 << 20,
                "");
        assertRefused(
                run(future, node(bert), Intent.JOIN).acceptor(),
                CloseCode.UNAUTHENTICATED,
                "400 days ahead of this node's clock");
    }

    @Test
    void aReplayedProofIsWorthNothing() {
        Handshake dialler = dial(node(anne, SECRET), Intent.JOIN);
        Handshake first = accept(node(bert, SECRET));
        Bytes greeting = dialler.greeting();
        Bytes proof = sent(give(dialler, sent(give(first, greeting))));
        assertThat(give(first, proof)).isInstanceOf(Admitted.class);

        Handshake second = accept(node(bert, SECRET));
        sent(give(second, greeting));
        assertRefused(give(second, proof), CloseCode.UNAUTHENTICATED, "does not hold the key");
    }

    @Test
    void aReflectedHandshakeIsWorthNothing() {
        Handshake dialler = dial(node(anne, SECRET), Intent.JOIN);
        assertRefused(give(dialler, dialler.greeting()), CloseCode.MALFORMED, "own greeting back");

        Handshake victim = dial(node(anne, SECRET), Intent.JOIN);
        Bytes own = sent(give(victim, sent(give(accept(node(bert, SECRET)), victim.greeting()))));
        assertRefused(give(victim, own), CloseCode.UNAUTHENTICATED, "does not hold the key");
    }

    @Test
    void whoSitsBetweenCannotChangeWhatWasSaid() {
        Handshake dialler = dial(node(anne, SECRET), Intent.LOW);
        Handshake acceptor = accept(node(bert, SECRET));
        Bytes hello = sent(give(acceptor, dialler.greeting()));
        LocalNode changed =
                new LocalNode(bert, ClusterKeys.NONE, "orders", Set.of(), NOW, 1, 1 << 19, "ws://:8080/mesh");
        assertThat(hello.length()).isPositive();
        Bytes forged = sent(give(accept(changed), dialler.greeting()));
        Bytes proof = sent(give(dialler, forged));
        assertRefused(give(acceptor, proof), CloseCode.UNAUTHENTICATED, "does not hold the key");
    }

    @Test
    void messagesOutOfTurnEndIt() {
        Handshake acceptor = accept(node(bert));
        Bytes greeting = dial(node(anne), Intent.JOIN).greeting();
        sent(give(acceptor, greeting));
        assertRefused(give(acceptor, greeting), CloseCode.MALFORMED, "out of turn");
        assertRefused(give(acceptor, greeting), CloseCode.MALFORMED, "out of turn");
    }

    @Test
    void whoWasDialledDoesNotSpeakFirst() {
        assertThatIllegalStateException().isThrownBy(() -> accept(node(bert)).greeting());
    }

    @Test
    void aNodeIdIsTheBeginningOfTheKeysDigest() {
        NodeKey key = NodeKey.of(
                HexFormat.of().parseHex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"),
                HexFormat.of().parseHex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"));
        assertThat(key.id()).isEqualTo(NodeId.of(HexFormat.of().parseHex("21fe31dfa154a261626bf854046fd227")));
        assertThat(key.toString()).doesNotContain("9d61");
    }
}
