package dev.wsmesh.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.MeshRecord;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.Protocol;
import dev.wsmesh.protocol.Settings;
import dev.wsmesh.protocol.Settings.Broadcasting;
import dev.wsmesh.protocol.Settings.Membership;
import dev.wsmesh.protocol.Settings.Sending;
import dev.wsmesh.protocol.Topic;
import dev.wsmesh.wire.RecordCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** A mistake in the core does not stop the clock of the node. */
class FailingCoreTest {

    private static final int FAILURES = 2;
    private static final Duration SOON = Duration.ofMillis(50);

    private final MeshCounters counters = new MeshCounters();
    private final RecordCodec codec = new RecordCodec(Limits.DEFAULT);
    private final AtomicInteger failuresToCome = new AtomicInteger();
    private final AtomicInteger diceThrown = new AtomicInteger();

    @Test
    void a_core_that_fails_at_its_timer_is_called_again_without_any_input() {
        Driver driver = driver();
        driver.start();
        try {
            await().atMost(Duration.ofSeconds(20)).until(() -> counters.coreFailures() == FAILURES);
            assertThat(failuresToCome).hasValue(0);
            int before = diceThrown.get();
            await("the alarms that failed go on")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> diceThrown.get() >= before + 4);
        } finally {
            driver.stop();
        }
    }

    private Driver driver() {
        Settings settings = Settings.of(new NodeId(0, 1), null, List.of())
                .with(sendingSoon())
                .with(shufflingSoon());
        MeshRecord beacon = new MeshRecord(new Topic("$mesh.beacon"), Bytes.EMPTY, "", List.of(), Instant.EPOCH);
        Protocol protocol = new Protocol(settings, 1, codec.encode(beacon), _ -> true, dice(), 0);
        failuresToCome.set(FAILURES);
        return new Driver(
                protocol,
                new LonelyNode.Links(),
                new Inbox(LonelyNode.SELF, counters, new SubscriptionLimits(1_024, 1 << 20), codec),
                new LonelyNode.Runs(),
                () -> {});
    }

    private static Broadcasting sendingSoon() {
        Broadcasting usual = Broadcasting.DEFAULT;
        Sending sending = usual.sending();
        return new Broadcasting(
                usual.memory(),
                usual.repairing(),
                new Sending(sending.haveInterval(), SOON, sending.batchSpread(), sending.quantumBytes()),
                usual.listening(),
                usual.publishing());
    }

    private static Membership shufflingSoon() {
        Membership usual = Membership.DEFAULT;
        return new Membership(
                usual.activeView(),
                usual.passiveView(),
                usual.outboundOnly(),
                usual.activeWalk(),
                usual.passiveWalk(),
                usual.shuffleActive(),
                usual.shufflePassive(),
                SOON,
                usual.fill(),
                usual.dialling(),
                usual.evidenceAge());
    }

    /** Thrown once at the alarm of the digests and once at that of the shuffles. */
    private RandomGenerator dice() {
        Random usual = new Random(1);
        return () -> {
            int _ = diceThrown.incrementAndGet();
            if (failuresToCome.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new IllegalStateException("made by the test");
            }
            return usual.nextLong();
        };
    }
}
