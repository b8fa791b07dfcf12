package dev.wsmesh.protocol;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a node behaves. Each default cites its source or says that it is a guess. */
public record Settings(
        NodeId self,
        @Nullable Address address,
        List<Address> bootstrap,
        Limits limits,
        Broadcasting broadcasting,
        Membership membership,
        Liveness liveness) {
    public Settings {
        bootstrap = List.copyOf(bootstrap);
    }

    public static Settings of(NodeId self, @Nullable Address address, List<Address> bootstrap) {
        return new Settings(
                self, address, bootstrap, Limits.DEFAULT, Broadcasting.DEFAULT, Membership.DEFAULT, Liveness.DEFAULT);
    }

    public Settings with(Broadcasting changed) {
        return new Settings(self, address, bootstrap, limits, changed, membership, liveness);
    }

    public Settings with(Membership changed) {
        return new Settings(self, address, bootstrap, limits, broadcasting, changed, liveness);
    }

    public Settings with(Liveness changed) {
        return new Settings(self, address, bootstrap, limits, broadcasting, membership, changed);
    }

    Contact contact() {
        return new Contact(self, address);
    }

    /**
     * Of the trees, the log and the repair.
     *
     * @param logBytes most bytes retained, overhead included
     * @param retention how long a record is retained
     * @param windowRecords most records waiting for an earlier one
     * @param windowBytes most bytes waiting for an earlier one
     * @param streams most streams known; a further one is refused
     * @param forgottenPositions most positions remembered of streams that are no longer known; the oldest goes first
     * @param graftTimeout how long a record that a neighbour has may take to arrive by itself
     * @param graftBackoffLimit longest pause between two Grafts of one stream
     * @param gapGrace how long a Miss by everybody may turn out wrong
     * @param haveInterval shortest time between two announcements
     * @param digestInterval mean time between two full digests to some neighbour
     * @param replayOnJoin how much of the past a joiner asks for
     * @param startSlack how much earlier than a newcomer asked for its streams begin, against inexact ages
     * @param batchSpread largest difference in age of two records in a Batch, which carries only one age
     * @param quantumBytes what one stream may send before the next has its turn
     * @param publishWindowBytes own bytes that the slowest pushed neighbour may be behind
     * @param laggardAfter how long a neighbour may hold the publish window shut
     * @param pendingAcknowledgements most publications waiting for neighbours at once
     * @param leaveLimit longest time a graceful stop takes
     */
    public record Broadcasting(
            long logBytes,
            Duration retention,
            int windowRecords,
            long windowBytes,
            int streams,
            int forgottenPositions,
            Duration graftTimeout,
            Duration graftBackoffLimit,
            Duration gapGrace,
            Duration haveInterval,
            Duration digestInterval,
            Duration replayOnJoin,
            Duration startSlack,
            Duration batchSpread,
            int quantumBytes,
            long publishWindowBytes,
            Duration laggardAfter,
            int pendingAcknowledgements,
            Duration leaveLimit) {
        /** Prescribed by the protocol's page, where they are called guesses; slack, spread and backoff limit are ours. */
        public static final Broadcasting DEFAULT = new Broadcasting(
                64L << 20,
                Duration.ofMinutes(2),
                1_024,
                8L << 20,
                16_384,
                16_384,
                Duration.ofMillis(150),
                Duration.ofMillis(2_400),
                Duration.ofSeconds(5),
                Duration.ofMillis(50),
                Duration.ofSeconds(15),
                Duration.ZERO,
                Duration.ofSeconds(1),
                Duration.ofMillis(10),
                16 << 10,
                16L << 20,
                Duration.ofSeconds(5),
                1_024,
                Duration.ofSeconds(2));

        /** The same with another bound on how far the slowest pushed neighbour may be behind. */
        public Broadcasting withPublishWindow(long bytes) {
            return new Broadcasting(
                    logBytes,
                    retention,
                    windowRecords,
                    windowBytes,
                    streams,
                    forgottenPositions,
                    graftTimeout,
                    graftBackoffLimit,
                    gapGrace,
                    haveInterval,
                    digestInterval,
                    replayOnJoin,
                    startSlack,
                    batchSpread,
                    quantumBytes,
                    bytes,
                    laggardAfter,
                    pendingAcknowledgements,
                    leaveLimit);
        }

        /** The same with another wish for the past. */
        public Broadcasting withReplayOnJoin(Duration past) {
            return new Broadcasting(
                    logBytes,
                    retention,
                    windowRecords,
                    windowBytes,
                    streams,
                    forgottenPositions,
                    graftTimeout,
                    graftBackoffLimit,
                    gapGrace,
                    haveInterval,
                    digestInterval,
                    past,
                    startSlack,
                    batchSpread,
                    quantumBytes,
                    publishWindowBytes,
                    laggardAfter,
                    pendingAcknowledgements,
                    leaveLimit);
        }

        /** The same with bounds so small that a test meets them. */
        public Broadcasting bounded(long bytes, Duration age, int records, int knownStreams) {
            return new Broadcasting(
                    bytes,
                    age,
                    records,
                    windowBytes,
                    knownStreams,
                    forgottenPositions,
                    graftTimeout,
                    graftBackoffLimit,
                    gapGrace,
                    haveInterval,
                    digestInterval,
                    replayOnJoin,
                    startSlack,
                    batchSpread,
                    quantumBytes,
                    Math.max(1, bytes / 4),
                    laggardAfter,
                    pendingAcknowledgements,
                    leaveLimit);
        }
    }

    /**
     * Of the views.
     *
     * @param activeView neighbours wanted
     * @param passiveView candidates remembered
     * @param outboundOnly neighbours without an address admitted beyond the active view
     * @param activeWalk hops of a ForwardJoin and of a Shuffle
     * @param passiveWalk hops left at which a joiner is remembered
     * @param shuffleActive neighbours named in a Shuffle
     * @param shufflePassive candidates named in a Shuffle
     * @param shuffleInterval mean time between two Shuffles
     * @param fill whether candidates are dialled while the active view has room
     * @param dials most dials at once
     * @param backoff pause after a first failed dial; doubles with each further one
     * @param backoffLimit longest pause, and the mean time between two probes
     * @param longBackoff pause after a refusal that only an operator can lift
     * @param candidateFailures failed dials in a row after which a candidate is dropped
     * @param evidenceAge how fresh a record that a probed peer also holds must be to show that it is in the same mesh
     */
    public record Membership(
            int activeView,
            int passiveView,
            int outboundOnly,
            int activeWalk,
            int passiveWalk,
            int shuffleActive,
            int shufflePassive,
            Duration shuffleInterval,
            boolean fill,
            int dials,
            Duration backoff,
            Duration backoffLimit,
            Duration longBackoff,
            int candidateFailures,
            Duration evidenceAge) {
        /** Walks and shuffles as in the HyParView paper; the views are larger, for fewer nodes; the rest are guesses. */
        public static final Membership DEFAULT = new Membership(
                12,
                60,
                256,
                6,
                3,
                3,
                4,
                Duration.ofSeconds(30),
                true,
                8,
                Duration.ofSeconds(1),
                Duration.ofSeconds(60),
                Duration.ofMinutes(5),
                5,
                Duration.ofSeconds(30));

        /** The paper's views for 10,000 nodes are 5 and 30. */
        public Membership withViews(int active, int passive) {
            return new Membership(
                    active,
                    passive,
                    outboundOnly,
                    activeWalk,
                    passiveWalk,
                    shuffleActive,
                    shufflePassive,
                    shuffleInterval,
                    fill,
                    dials,
                    backoff,
                    backoffLimit,
                    longBackoff,
                    candidateFailures,
                    evidenceAge);
        }

        /** Without filling, a node keeps to its configured peers: lines, stars. */
        public Membership withoutFilling() {
            return new Membership(
                    activeView,
                    passiveView,
                    outboundOnly,
                    activeWalk,
                    passiveWalk,
                    shuffleActive,
                    shufflePassive,
                    shuffleInterval,
                    false,
                    dials,
                    backoff,
                    backoffLimit,
                    longBackoff,
                    candidateFailures,
                    evidenceAge);
        }
    }

    /**
     * Of the links.
     *
     * @param pingAfter silence of ours after which we say something
     * @param unresponsiveAfter silence of theirs after which the link is closed
     * @param controlQueue most membership messages waiting on one link; the oldest is dropped
     * @param drainLimit longest time a link stays open to say goodbye
     */
    public record Liveness(Duration pingAfter, Duration unresponsiveAfter, int controlQueue, Duration drainLimit) {
        /** Under the usual 60 s idle limit of proxies. */
        public static final Liveness DEFAULT =
                new Liveness(Duration.ofSeconds(10), Duration.ofSeconds(30), 64, Duration.ofSeconds(2));
    }
}
