package dev.wsmesh.websocket;

import dev.wsmesh.node.ConfiguredPeerView;
import dev.wsmesh.node.ConfiguredPeerView.State;
import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One address of one configured peer: where it stands, and what went wrong last. Guarded by the monitor of the {@link MeshPeers}
 * that it belongs to.
 */
final class ConfiguredPlace {

    private final PeerTarget target;
    private State state = State.NOT_TRIED;
    private Instant since;
    private int failures;
    /** Who answered there last. */
    private @Nullable NodeId id;

    private @Nullable Failure failure;
    /** Whether that is why it was not even dialled. */
    private boolean forbidden;
    /** When all was well for the last time, as far as is known: what failed before that explains nothing that is wrong now. */
    private Instant wellAt = Instant.MIN;
    /** What the log has said since it was connected last. */
    private @Nullable String said;

    /** It is not a node, as long as this session with it is up, and in the pause after that. */
    private @Nullable PeerSession plain;
    /** Used by whoever waits for the end of that pause. */
    private @Nullable Backoff backoff;

    /** Why it is not reached, since when that is the reason, and when it was so for the last time. */
    private record Failure(String why, Instant since, Instant last) {}

    ConfiguredPlace(PeerTarget target, Instant since) {
        this.target = target;
        this.since = since;
    }

    PeerTarget target() {
        return target;
    }

    boolean isPinned() {
        return target.pinned() != null;
    }

    /** Whether it is in the mesh now. */
    boolean isReached() {
        return state == State.CONNECTED || state == State.REACHED || state == State.SELF;
    }

    boolean isOf(NodeId node) {
        return node.equals(id);
    }

    /** The core has spoken with a node there, if it has, and so many dials in a row have failed. */
    void looked(@Nullable NodeId answered, int failedDials) {
        id = answered == null ? id : answered;
        failures = failedDials;
    }

    void enter(State next, Instant now) {
        if (next == State.CONNECTED || next == State.SELF) {
            wellAt = now;
        }
        if (state != next) {
            state = next;
            since = now;
            if (next == State.CONNECTED || next == State.REACHED) {
                said = null;
            }
        }
    }

    /**
     * It is reached no more. Of one that was reached through others nothing else is known than what it said last: it may have been
     * away since then, but not since before it was reached.
     *
     * @param silence for how long it has said nothing; asked only if that counts
     */
    void lose(Supplier<Duration> silence, Instant now) {
        State before = state;
        Instant reachedSince = since;
        enter(State.UNREACHABLE, now);
        if (before == State.REACHED) {
            Instant last = now.minus(silence.get());
            since = last.isBefore(reachedSince) ? reachedSince : last;
            wellAt = since;
        }
        if (before != State.UNREACHABLE && present() == null) {
            failure = new Failure(nothingElseIsKnown(before), since, now);
        }
    }

    /** Something went wrong; the same again, without anything better in between, has been so since the first time. */
    void fail(String why, Instant now) {
        Failure before = present();
        Instant first = before != null && before.why().equals(why) ? before.since() : now;
        failure = new Failure(why, first, now);
        forbidden = false;
    }

    /** It is not dialled, because of where it leads. */
    void forbid(String why, Instant now) {
        fail(why, now);
        forbidden = true;
    }

    /** The last failure, if it was not before all was well again. */
    private @Nullable Failure present() {
        Failure last = failure;
        return last == null || !last.last().isAfter(wellAt) ? null : last;
    }

    /** Whether the log has not said this since it was connected last; from now on it has. */
    boolean isNews(String why) {
        boolean news = !why.equals(said);
        said = why;
        return news;
    }

    @Nullable
    PeerSession plain() {
        return plain;
    }

    void plain(@Nullable PeerSession session) {
        plain = session;
    }

    /** The pauses between sessions with it. */
    Backoff backoff(Supplier<Backoff> newBackoff) {
        Backoff present = backoff == null ? newBackoff.get() : backoff;
        backoff = present;
        return present;
    }

    ConfiguredPeerView view(Address address) {
        Failure last = failure;
        return new ConfiguredPeerView(
                address.toString(),
                state,
                since,
                failures,
                last == null ? null : last.why(),
                last == null ? null : last.since(),
                forbidden && !hasBeenWell() && state == State.UNREACHABLE);
    }

    private boolean hasBeenWell() {
        return wellAt.isAfter(Instant.MIN);
    }

    private static String nothingElseIsKnown(State before) {
        return switch (before) {
            case REACHED -> "nothing from it comes through other nodes any more";
            case CONNECTED -> "the link ended";
            case NOT_TRIED, SELF, UNREACHABLE -> "nobody answers there";
        };
    }
}
