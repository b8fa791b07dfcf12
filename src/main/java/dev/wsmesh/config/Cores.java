package dev.wsmesh.config;

import dev.wsmesh.node.MeshNode;
import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.MeshRecord;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.Protocol;
import dev.wsmesh.protocol.RecordEncoder;
import dev.wsmesh.protocol.Settings;
import dev.wsmesh.protocol.Settings.Broadcasting;
import dev.wsmesh.protocol.Settings.Dialling;
import dev.wsmesh.protocol.Settings.Liveness;
import dev.wsmesh.protocol.Settings.Membership;
import dev.wsmesh.protocol.Settings.Memory;
import dev.wsmesh.protocol.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** Makes the cores of the node's runs, as they are configured. */
final class Cores implements MeshNode.CoreFactory {

    /** What a node publishes where somebody asks whether it is in the same mesh; nobody subscribes to it. */
    private static final Topic BEACON = new Topic("$mesh.beacon");

    /** The slowest neighbour may be so much of the log behind before publishers wait. */
    private static final int WINDOW_SHARE = 4;

    private final NodeId self;
    private final MeshProperties properties;
    private final RecordEncoder encoder;
    private final Predicate<Address> mayDial;
    private final RandomGenerator random;

    Cores(
            NodeId self,
            MeshProperties properties,
            RecordEncoder encoder,
            Predicate<Address> mayDial,
            RandomGenerator random) {
        this.self = self;
        this.properties = properties;
        this.encoder = encoder;
        this.mayDial = mayDial;
        this.random = random;
    }

    @Override
    public Protocol create(long epoch) {
        MeshRecord beacon = new MeshRecord(BEACON, Bytes.EMPTY, "", List.of(), Instant.EPOCH);
        return new Protocol(settings(), epoch, encoder.encode(beacon), mayDial, random, 0);
    }

    private Settings settings() {
        String advertised = properties.advertisedUrl();
        return new Settings(
                self,
                advertised == null ? null : new Address(advertised),
                List.of(),
                properties.wireLimits(),
                broadcasting(),
                membership(),
                Liveness.DEFAULT);
    }

    private Broadcasting broadcasting() {
        Broadcasting usual = Broadcasting.DEFAULT;
        long logBytes = properties.retention().maxBytes().toBytes();
        Memory memory =
                usual.memory().retaining(logBytes, properties.retention().maxAge());
        return usual.with(memory)
                .with(usual.publishing().withLeaveLimit(leaveLimit()))
                .withPublishWindow(logBytes / WINDOW_SHARE)
                .withReplayOnJoin(properties.retention().replayOnJoin());
    }

    /** A little less than the time for leaving, so that what was handed over is written by then. */
    private Duration leaveLimit() {
        Duration limit = properties.leave().flushTimeout().minusMillis(200);
        return limit.isNegative() ? Duration.ZERO : limit;
    }

    private Membership membership() {
        Membership usual = Membership.DEFAULT
                .withViews(properties.membership().activeView(), Membership.DEFAULT.passiveView())
                .with(Dialling.DEFAULT.withBackoff(
                        properties.dial().backoffMin(), properties.dial().backoffMax()));
        return properties.membership().fill() ? usual : usual.withoutFilling();
    }
}
