package dev.wsmesh.websocket;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.identity.Handshake;
import dev.wsmesh.identity.LocalNode;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.Intent;
import dev.wsmesh.protocol.Limits;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/**
 * A session is either refused or admitted, even where both happen at the same moment: a link that the core was told of is not
 * closed for want of a place that it does not need any more, and one that this node has decided to close never comes up.
 */
class DisplacedHandshakeTest {

    private static final int PLACES = 2;
    private static final int ROUNDS = 50;
    private static final Address DIALLED = new Address("ws://127.0.0.1:1");

    private final RecordingCore core = new RecordingCore();
    private final LocalNode local = Stranger.newNode();
    /** Runs when the registry asks what time it is. */
    private volatile Runnable onClock = () -> {};

    private final LinkRegistry registry = new LinkRegistry(
            _ -> local,
            new LinkLimits(Limits.DEFAULT, PATIENCE, PLACES, 10_000, 1 << 20, Duration.ofSeconds(1)),
            new MeshCounters(),
            this::now,
            () -> "localhost:1");

    private Instant now() {
        onClock.run();
        return Instant.now();
    }

    @Test
    void a_handshake_that_is_over_when_it_is_displaced_stays_a_link() throws Exception {
        registry.open(core);
        Stranger oldest = new Stranger(registry);
        Stranger other = new Stranger(registry);
        oldest.prove();
        other.prove();
        // All places are taken by one host. Who has to go is asked who they are first: at that moment both are through.
        oldest.session.onceAskedWhoItIs(() -> {
            oldest.say();
            other.say();
        });
        Stranger third = new Stranger(registry);
        third.prove();
        third.say();
        assertThat(core.links()).containsExactlyInAnyOrder(oldest.id(), other.id(), third.id());
        assertThat(registry.views()).hasSize(3);
        assertThat(List.of(oldest, other, third)).allMatch(each -> each.session.isOpen());
    }

    @Test
    void a_handshake_that_is_displaced_is_never_admitted() throws Exception {
        registry.open(core);
        Stranger oldest = new Stranger(registry);
        Stranger other = new Stranger(registry);
        oldest.prove();
        other.prove();
        Stranger third = new Stranger(registry);
        oldest.say();
        await().atMost(PATIENCE).until(() -> !oldest.session.isOpen());
        assertThat(oldest.session.closedWith()).isEqualTo(CloseCode.RATE_LIMITED.number());
        other.say();
        third.prove();
        third.say();
        assertThat(core.links()).containsExactlyInAnyOrder(other.id(), third.id());
    }

    @Test
    void of_refusal_and_admission_at_the_same_moment_one_happens() throws Exception {
        registry.open(core);
        for (int i = 0; i < ROUNDS; i++) {
            Stranger oldest = new Stranger(registry);
            Stranger other = new Stranger(registry);
            oldest.prove();
            other.prove();
            CountDownLatch both = new CountDownLatch(2);
            Thread last = Thread.ofPlatform().start(() -> {
                meet(both);
                oldest.say();
            });
            meet(both);
            Stranger third = new Stranger(registry);
            last.join();
            boolean admitted = core.links().contains(oldest.id());
            if (admitted) {
                assertThat(oldest.link.isClosing()).as("round %s", i).isFalse();
            } else {
                assertThat(oldest.link.isClosing()).as("round %s", i).isTrue();
                await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> !oldest.session.isOpen());
                assertThat(core.links()).doesNotContain(oldest.id());
            }
            List.of(oldest, other, third).forEach(Stranger::vanish);
        }
        await().atMost(PATIENCE).until(() -> registry.size() == 0);
    }

    @Test
    void a_dial_that_is_given_up_while_its_proof_is_judged_is_not_admitted() throws Exception {
        registry.open(core);
        PretendedSession session = new PretendedSession();
        LinkSession link = Objects.requireNonNull(registry.dialled(session, core, DIALLED, Intent.JOIN));
        registry.begin(link);
        Handshake peer = Stranger.accepting();
        link.receiveBinary(Stranger.answer(peer, session), true);
        ByteBuffer proof = Stranger.answer(peer, session);
        session.holdClose();
        onClock = link::leave;
        link.receiveBinary(proof, true);
        session.letClose();
        await().atMost(PATIENCE).until(() -> !session.isOpen());
        assertThat(core.links()).isEmpty();
        assertThat(core.told()).containsExactly(new Input.DialFailed(DIALLED, CloseCode.GOING_AWAY));
    }

    private static void meet(CountDownLatch all) {
        all.countDown();
        while (all.getCount() > 0) {
            Thread.onSpinWait();
        }
    }
}
