package dev.wsmesh.protocol;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a node behaves. Each default cites its source or says that it is a guess; "the protocol's page" is
 * {@code docs/PROTOCOL.md}.
 *
 * <p>Nothing is checked here. The core relies on counts and durations that are not negative, and on none that is zero where
 * something is done again after it. What an operator can set is checked by {@code MeshProperties} and its parts in the config
 * room, and stands below with the property and its range; everything else is always the default.
 *
 * @param address where others dial this node ({@code mesh.advertised-url}, which has to be a peer's URL); null if nobody said:
 *     then it is for them to see
 * @param bootstrap the configured peers at the start; {@link Input.Bootstrap} replaces them
 */
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

    /** The defaults for everything but these. */
    public static Settings of(NodeId self, @Nullable Address address, List<Address> bootstrap) {
        return new Settings(
                self, address, bootstrap, Limits.DEFAULT, Broadcasting.DEFAULT, Membership.DEFAULT, Liveness.DEFAULT);
    }

    /** The same with another bound on the frames that it accepts. */
    public Settings withFrameBytes(int bytes) {
        return new Settings(self, address, bootstrap, limits.withFrameBytes(bytes), broadcasting, membership, liveness);
    }

    /** The same with other rules for streams. */
    public Settings with(Broadcasting changed) {
        return new Settings(self, address, bootstrap, limits, changed, membership, liveness);
    }

    /** The same with other rules for the views. */
    public Settings with(Membership changed) {
        return new Settings(self, address, bootstrap, limits, broadcasting, changed, liveness);
    }

    /** The same with other rules for links. */
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

        /** The same with another bound on how far, in bytes, the slowest pushed neighbour may be behind. */
        public Broadcasting withPublishWindow(long bytes) {
            return new Broadcasting(memory, repairing, sending, listening, publishing.withWindow(bytes));
        }

        /** The same with another wish for the past. */
        public Broadcasting withReplayOnJoin(Duration past) {
            Listening changed = new Listening(past, listening.startSlack);
            return new Broadcasting(memory, repairing, sending, changed, publishing);
        }

        /** For tests: the same with bounds so small that they are met; the publish window is a quarter of the bytes. */
        public Broadcasting bounded(long bytes, Duration age, int records, int streams) {
            Memory changed = new Memory(bytes, age, records, memory.windowBytes, streams, memory.forgottenPositions);
            return new Broadcasting(
                    changed, repairing, sending, listening, publishing.withWindow(Math.max(1, bytes / 4)));
        }
    }

    /**
     * Of what is kept, over all streams together.
     *
     * @param logBytes most bytes retained, with 96 for the overhead of each record, and a head once for those that have it one after
     *     the other; by default 64 MiB
     *     ({@code mesh.retention.max-bytes}, 1 MB to 16 GB)
     * @param retention how old a record is when it is no longer retained, or a sixteenth older; a stream is forgotten after
     *     twice that without a record; by default 2 min ({@code mesh.retention.max-age}, 1 s to 1 d)
     * @param windowRecords most records waiting for an earlier one; by default 1,024. Over it, as over the next, the highest of
     *     the stream that holds most is dropped, and asked for again
     * @param windowBytes most bytes of theirs, without overhead; by default 8 MiB
     * @param streams most streams known; a further one is refused, unless it is this run's own; by default 16,384
     * @param forgottenPositions most positions remembered of streams that are no longer known; the oldest goes first; by default
     *     16,384
     */
    public record Memory(
            long logBytes,
            Duration retention,
            int windowRecords,
            long windowBytes,
            int streams,
            int forgottenPositions) {
        /** As on the protocol's page; guesses, all of them. */
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
     * @param graftTimeout how long a record that a neighbour has may take to arrive by itself, and the first pause between two
     *     Grafts of one stream, which doubles; by default 150 ms
     * @param graftBackoffLimit longest of these pauses, and how long the answer to a Backfill may take; by default 2.4 s
     * @param gapGrace how long a Miss by everybody may turn out wrong, and a new epoch waits for the rest of an older one; a link
     *     that comes up begins the first anew, up to four times that in all; by default 5 s
     */
    public record Repairing(Duration graftTimeout, Duration graftBackoffLimit, Duration gapGrace) {
        /**
         * The timeout (corrosion has 150 ms too, iroh 80) and the grace are guesses of the protocol's page; the limit, four
         * doublings, is a guess of ours.
         */
        public static final Repairing DEFAULT =
                new Repairing(Duration.ofMillis(150), Duration.ofMillis(2_400), Duration.ofSeconds(5));

        /** How long a grace may become by links that come up: four of them. */
        public Duration longestGrace() {
            return gapGrace.multipliedBy(4);
        }
    }

    /**
     * Of what goes to neighbours.
     *
     * @param haveInterval how long changes are gathered before they are announced; digests, and acknowledgements that a
     *     Batch asks for, do not wait; by default 50 ms
     * @param digestInterval mean time between two full digests, each to one neighbour at random; drawn between half and one and
     *     a half times that; by default 15 s
     * @param batchSpread largest difference in age of two records in a Batch, which carries only one age; by default 10 ms
     * @param quantumBytes what one stream may send before the next has its turn, unless a single record is larger; by default
     *     16 KiB
     */
    public record Sending(Duration haveInterval, Duration digestInterval, Duration batchSpread, int quantumBytes) {
        /** Guesses of the protocol's page, but for the spread, which is a guess of ours. */
        public static final Sending DEFAULT =
                new Sending(Duration.ofMillis(50), Duration.ofSeconds(15), Duration.ofMillis(10), 16 << 10);
    }

    /**
     * Of where a newcomer begins.
     *
     * @param replayOnJoin how much of the past, before its first link, this node asks for when it joins; by default none
     *     ({@code mesh.retention.replay-on-join}, up to half of the retention)
     * @param startSlack how much earlier than a neighbour asked for its streams begin, against inexact ages; by default 1 s
     */
    public record Listening(Duration replayOnJoin, Duration startSlack) {
        /** No past, as on the protocol's page; the slack is ours, and a guess. */
        public static final Listening DEFAULT = new Listening(Duration.ZERO, Duration.ofSeconds(1));
    }

    /**
     * Of what the node publishes itself.
     *
     * @param windowBytes own bytes, with the log's overhead, that the slowest pushed neighbour may be behind; by default 16 MiB,
     *     and always a quarter of a configured log
     * @param laggardAfter how long after the first refusal a neighbour may hold the publish window shut; by default 5 s
     * @param pendingAcknowledgements most publications waiting for neighbours at once; a further one is refused; by default 1,024
     * @param leaveLimit longest time between {@link Input.Leave} and {@link Output.Left}; by default 2 s (200 ms less than
     *     {@code mesh.leave.flush-timeout}, which is 0 s to 20 s)
     */
    public record Publishing(
            long windowBytes, Duration laggardAfter, int pendingAcknowledgements, Duration leaveLimit) {
        /** Guesses of the protocol's page, but for the acknowledgements, which are a guess of ours. */
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
     * @param activeView neighbours wanted, of those that can be dialled; by default 12
     *     ({@code mesh.membership.active-view}, 2 to 256)
     * @param passiveView most candidates remembered; a further one takes the place of one at random; by default 60
     * @param outboundOnly neighbours without an address admitted beyond the active view; by default 256
     * @param activeWalk hops of a ForwardJoin and of a Shuffle, 1 to 255; by default 6
     * @param passiveWalk hops left at which a joiner is remembered, fewer than the active walk; by default 3
     * @param shuffleActive most neighbours named in a Shuffle; by default 3
     * @param shufflePassive most candidates named in a Shuffle, and in answer to a Join or with a refusal; by default 4
     * @param shuffleInterval mean time between two Shuffles, drawn between half and one and a half times that; by default 30 s
     * @param fill whether candidates are dialled while the active view has room; by default they are
     *     ({@code mesh.membership.fill})
     * @param evidenceAge how fresh a record that a probed peer also holds must be to show that it is in the same mesh, and what
     *     came from a configured peer to show that it is reached; who was probed looks every half of it whether it has to
     *     publish, and who probes waits a sixth; by default 30 s
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
        /**
         * Walks and the contacts of shuffles as in the HyParView paper (Leitao, Pereira, Rodrigues, DSN 2007); the views are
         * larger, for fewer nodes; the rest are guesses.
         */
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
     * <p>Each pause is drawn between half and one and a half times what stands here.
     *
     * @param most dials at once to candidates; those to configured peers count, but do not wait for a place; by default 8
     * @param backoff mean pause after a first failed dial of a configured peer, a candidate's is twice that; doubles with each
     *     further one; also the shortest pause after a refused favour; by default 1 s ({@code mesh.dial.backoff-min}, whose own
     *     default is 500 ms; 10 ms to 1 d)
     * @param backoffLimit longest mean pause of a configured peer and of favours, and the mean time between two probes; by default
     *     60 s ({@code mesh.dial.backoff-max}, whose own default is 30 s; from the one above to 1 d)
     * @param longBackoff mean pause after a code with {@link CloseCode.Retry#LONG_BACKOFF}, which only an operator can lift; by default
     *     5 min
     * @param candidateFailures failed dials in a row after which a candidate is dropped; by default 5
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
     * @param pingAfter time between two Pings on a link, however much else is said; by default 10 s
     * @param unresponsiveAfter how long after the last byte of theirs the link is closed; by default 30 s
     * @param controlQueue most messages waiting on one link, of those that cannot be a flag: all about membership, Ping, Leave and
     *     Backfill; the oldest is dropped; by default 64
     * @param drainLimit longest time a link stays open to say goodbye; by default 2 s
     */
    public record Liveness(Duration pingAfter, Duration unresponsiveAfter, int controlQueue, Duration drainLimit) {
        /**
         * The times of Pings and the queue are the protocol page's, under the usual 60 s idle limit of proxies; the drain limit is
         * a guess of ours.
         */
        public static final Liveness DEFAULT =
                new Liveness(Duration.ofSeconds(10), Duration.ofSeconds(30), 64, Duration.ofSeconds(2));
    }
}
