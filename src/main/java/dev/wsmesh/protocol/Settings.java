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

    /** Of the trees, the log and the repair. The defaults are prescribed by the protocol's page, and most are guesses. */
    public record Broadcasting(
            Memory memory, Repairing repairing, Sending sending, Listening listening, Publishing publishing) {
        public static final Broadcasting DEFAULT = new Broadcasting(
                Memory.DEFAULT, Repairing.DEFAULT, Sending.DEFAULT, Listening.DEFAULT, Publishing.DEFAULT);

        /** The same with other bounds on what is kept. */
        public Broadcasting with(Memory changed) {
            return new Broadcasting(changed, repairing, sending, listening, publishing);
        }

        /** The same with other rules for what the node publishes itself. */
        public Broadcasting with(Publishing changed) {
            return new Broadcasting(memory, repairing, sending, listening, changed);
        }

        /** The same with another bound on how far the slowest pushed neighbour may be behind. */
        public Broadcasting withPublishWindow(long bytes) {
            return new Broadcasting(memory, repairing, sending, listening, publishing.withWindow(bytes));
        }

        /** The same with another wish for the past. */
        public Broadcasting withReplayOnJoin(Duration past) {
            Listening changed = new Listening(past, listening.startSlack);
            return new Broadcasting(memory, repairing, sending, changed, publishing);
        }

        /** The same with bounds so small that a test meets them. */
        public Broadcasting bounded(long bytes, Duration age, int records, int streams) {
            Memory changed = new Memory(bytes, age, records, memory.windowBytes, streams, memory.forgottenPositions);
            return new Broadcasting(
                    changed, repairing, sending, listening, publishing.withWindow(Math.max(1, bytes / 4)));
        }
    }

    /**
     * Of what is kept.
     *
     * @param logBytes most bytes retained, overhead included
     * @param retention how long a record is retained
     * @param windowRecords most records waiting for an earlier one
     * @param windowBytes most bytes waiting for an earlier one
     * @param streams most streams known; a further one is refused
     * @param forgottenPositions most positions remembered of streams that are no longer known; the oldest goes first
     */
    public record Memory(
            long logBytes,
            Duration retention,
            int windowRecords,
            long windowBytes,
            int streams,
            int forgottenPositions) {
        /** Guesses of the protocol's page. */
        public static final Memory DEFAULT =
                new Memory(64L << 20, Duration.ofMinutes(2), 1_024, 8L << 20, 16_384, 16_384);

        /** The same with other bounds on the log. */
        public Memory retaining(long bytes, Duration age) {
            return new Memory(bytes, age, windowRecords, windowBytes, streams, forgottenPositions);
        }
    }

    /**
     * Of what did not come by itself.
     *
     * @param graftTimeout how long a record that a neighbour has may take to arrive by itself
     * @param graftBackoffLimit longest pause between two Grafts of one stream
     * @param gapGrace how long a Miss by everybody may turn out wrong
     */
    public record Repairing(Duration graftTimeout, Duration graftBackoffLimit, Duration gapGrace) {
        /** Guesses of the protocol's page, but for the backoff limit, which is ours. */
        public static final Repairing DEFAULT =
                new Repairing(Duration.ofMillis(150), Duration.ofMillis(2_400), Duration.ofSeconds(5));
    }

    /**
     * Of what goes to neighbours.
     *
     * @param haveInterval shortest time between two announcements
     * @param digestInterval mean time between two full digests to some neighbour
     * @param batchSpread largest difference in age of two records in a Batch, which carries only one age
     * @param quantumBytes what one stream may send before the next has its turn
     */
    public record Sending(Duration haveInterval, Duration digestInterval, Duration batchSpread, int quantumBytes) {
        /** Guesses of the protocol's page, but for the spread, which is ours. */
        public static final Sending DEFAULT =
                new Sending(Duration.ofMillis(50), Duration.ofSeconds(15), Duration.ofMillis(10), 16 << 10);
    }

    /**
     * Of where a newcomer begins.
     *
     * @param replayOnJoin how much of the past a joiner asks for
     * @param startSlack how much earlier than a newcomer asked for its streams begin, against inexact ages
     */
    public record Listening(Duration replayOnJoin, Duration startSlack) {
        /** No past, as on the protocol's page; the slack is ours, and a guess. */
        public static final Listening DEFAULT = new Listening(Duration.ZERO, Duration.ofSeconds(1));
    }

    /**
     * Of what the node publishes itself.
     *
     * @param windowBytes own bytes that the slowest pushed neighbour may be behind
     * @param laggardAfter how long a neighbour may hold the publish window shut
     * @param pendingAcknowledgements most publications waiting for neighbours at once
     * @param leaveLimit longest time a graceful stop takes
     */
    public record Publishing(
            long windowBytes, Duration laggardAfter, int pendingAcknowledgements, Duration leaveLimit) {
        /** Guesses of the protocol's page. */
        public static final Publishing DEFAULT =
                new Publishing(16L << 20, Duration.ofSeconds(5), 1_024, Duration.ofSeconds(2));

        /** The same with another bound on a graceful stop. */
        public Publishing withLeaveLimit(Duration limit) {
            return new Publishing(windowBytes, laggardAfter, pendingAcknowledgements, limit);
        }

        Publishing withWindow(long bytes) {
            return new Publishing(bytes, laggardAfter, pendingAcknowledgements, leaveLimit);
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
            Dialling dialling,
            Duration evidenceAge) {
        /** Walks and shuffles as in the HyParView paper; the views are larger, for fewer nodes; the rest are guesses. */
        public static final Membership DEFAULT = new Membership(
                12, 60, 256, 6, 3, 3, 4, Duration.ofSeconds(30), true, Dialling.DEFAULT, Duration.ofSeconds(30));

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
                    dialling,
                    evidenceAge);
        }

        /** The same with other pauses between dials. */
        public Membership with(Dialling changed) {
            return new Membership(
                    activeView,
                    passiveView,
                    outboundOnly,
                    activeWalk,
                    passiveWalk,
                    shuffleActive,
                    shufflePassive,
                    shuffleInterval,
                    fill,
                    changed,
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
                    dialling,
                    evidenceAge);
        }
    }

    /**
     * Of the dials.
     *
     * @param most dials at once
     * @param backoff pause after a first failed dial; doubles with each further one
     * @param backoffLimit longest pause, and the mean time between two probes
     * @param longBackoff pause after a refusal that only an operator can lift
     * @param candidateFailures failed dials in a row after which a candidate is dropped
     */
    public record Dialling(
            int most, Duration backoff, Duration backoffLimit, Duration longBackoff, int candidateFailures) {
        /** The number is the protocol page's; the rest are guesses. */
        public static final Dialling DEFAULT =
                new Dialling(8, Duration.ofSeconds(1), Duration.ofSeconds(60), Duration.ofMinutes(5), 5);

        /** The same with other pauses. */
        public Dialling withBackoff(Duration first, Duration longest) {
            return new Dialling(most, first, longest, longBackoff, candidateFailures);
        }
    }

    /**
     * Of the links.
     *
     * @param pingAfter time between two Pings on a link, however much else is said
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
