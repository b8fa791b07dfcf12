package dev.wsmesh.websocket;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The sessions in the middle of their handshake. There are so many places for strangers; when all are taken, whoever has come least
 * far makes room, so that nobody can hold all of them. Those that this node dialled need none. Thread-safe.
 */
final class HandshakePlaces {

    /** Of the places for sessions with nodes: no link needs to be among what takes them. As long as a Close can say. */
    static final String FULL =
            "the places for nodes (mesh.limits.max-sessions) are taken, by links, or sessions closed or refused just"
                    + " now; try another";

    /** A host with more than this part of the places makes room for others, when all are taken. A guess. */
    private static final int HOSTS_PART = 4;

    private final Set<LinkSession> sessions = ConcurrentHashMap.newKeySet();
    private final int most;

    /**
     * What becomes of a stranger.
     *
     * @param displaced whose place it got
     * @param complaint why it got none
     */
    record Answer(@Nullable LinkSession displaced, @Nullable String complaint) {}

    HandshakePlaces(int most) {
        this.most = most;
    }

    /** A session that needs no place. */
    void add(LinkSession dialled) {
        sessions.add(dialled);
    }

    /**
     * A stranger asks for a place, and has it unless there is a complaint. In one step, because a thousand may come at once; closing
     * and logging are the caller's.
     */
    synchronized Answer ask(LinkSession stranger, BooleanSupplier isFull) {
        if (isFull.getAsBoolean()) {
            return new Answer(null, FULL);
        }
        List<LinkSession> accepted =
                sessions.stream().filter(LinkRegistry::isAccepted).toList();
        LinkSession displaced = null;
        if (accepted.size() >= most) {
            displaced = leastWanted(accepted);
            if (displaced == null) {
                return new Answer(
                        null, "as many handshakes as may be are under way (mesh.links.max-handshakes); try again");
            }
            sessions.remove(displaced);
        }
        sessions.add(stranger);
        return new Answer(displaced, null);
    }

    void remove(LinkSession session) {
        sessions.remove(session);
    }

    boolean hasAny(Predicate<LinkSession> which) {
        return sessions.stream().anyMatch(which);
    }

    void forEach(Consumer<LinkSession> action) {
        sessions.forEach(action);
    }

    int size() {
        return sessions.size();
    }

    /**
     * Who makes room for one more: of the host that has most of the places, if that is more than its part, else of those that have
     * not begun to speak, the one that has come least far, and of these the oldest. Null if nobody has to.
     */
    private @Nullable LinkSession leastWanted(List<LinkSession> accepted) {
        Map<String, List<LinkSession>> byHost = accepted.stream()
                .collect(Collectors.groupingBy(each -> each.otherEnd().host()));
        List<LinkSession> busiest = Collections.max(byHost.values(), Comparator.comparingInt(List::size));
        List<LinkSession> from = busiest.size() > Math.max(1, most / HOSTS_PART)
                ? busiest
                : accepted.stream()
                        .filter(each -> each.progress() == HandshakePhase.Progress.SILENT)
                        .toList();
        return from.stream()
                .min(Comparator.comparing(LinkSession::progress).thenComparingLong(LinkSession::beganNanos))
                .orElse(null);
    }
}
