package dev.wsmesh.websocket;

import dev.wsmesh.node.LinkView;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.protocol.NodeId;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The links that are up, and what is asked about them. Thread-safe. */
final class UpLinks {

    private final Map<LinkId, LinkSession> links = new ConcurrentHashMap<>();

    void add(LinkId id, LinkSession link) {
        links.put(id, link);
    }

    void remove(LinkId id) {
        links.remove(id);
    }

    /** Null if it is not up. */
    @Nullable
    LinkSession get(LinkId id) {
        return links.get(id);
    }

    int size() {
        return links.size();
    }

    void forEach(Consumer<LinkSession> action) {
        links.values().forEach(action);
    }

    /** In the order of linking. */
    List<LinkView> views() {
        return all().map(LinkSession::view)
                .filter(Objects::nonNull)
                .sorted(Comparator.comparingLong(view -> view.id().generation()))
                .toList();
    }

    /** How many of them have a socket that was accepted. */
    long accepted() {
        return all().filter(link -> acceptedFrom(link) != null).count();
    }

    /** From where a socket of a session's link was accepted; null if none was. */
    static @Nullable String acceptedFrom(LinkSession session) {
        LinkSession second = session.sockets().second();
        if (LinkRegistry.isAccepted(session)) {
            return session.otherEnd().host();
        }
        return second != null && LinkRegistry.isAccepted(second)
                ? second.otherEnd().host()
                : null;
    }

    /** Whether there is another one with the same node. */
    boolean hasOther(LinkId id) {
        return links.keySet().stream()
                .anyMatch(other -> !other.equals(id) && other.peer().equals(id.peer()));
    }

    /** Whether there is one with a later run of this node than the one of this epoch, and it goes on. */
    boolean isWithLaterRun(NodeId peer, long epoch) {
        return all().anyMatch(link -> {
            EstablishedLink up = link.established();
            return up != null && !link.isClosing() && up.id().peer().equals(peer) && up.epoch() > epoch;
        });
    }

    /** Whether another one with this peer came up while this one was in its handshake, in the other direction. */
    boolean overlap(LinkSession link, NodeId peer) {
        return all().anyMatch(other -> {
            EstablishedLink up = other.established();
            boolean crossed = LinkRegistry.isAccepted(link) != LinkRegistry.isAccepted(other);
            return crossed && up != null && up.id().peer().equals(peer) && up.upNanos() - link.beganNanos() > 0;
        });
    }

    /** The one that this node dialled with this transcript, if it may have a second socket. */
    @Nullable
    LinkSession dialled(Bytes transcript) {
        return all().filter(link -> !LinkRegistry.isAccepted(link) && maySecond(link))
                .filter(link -> transcript.equals(
                        Objects.requireNonNull(link.established()).transcript()))
                .findFirst()
                .orElse(null);
    }

    /** Those that peers dialled, which might have a second socket and do not. */
    List<LinkSession> withOneSocket() {
        return all().filter(link -> LinkRegistry.isAccepted(link)
                        && maySecond(link)
                        && link.sockets().count() == 1)
                .toList();
    }

    /** The peers of those whose second socket is older than this, by the clock of {@link System#nanoTime}. */
    List<NodeId> withTwoSocketsSince(long nanos) {
        return links.entrySet().stream()
                .filter(entry -> {
                    LinkSession second = entry.getValue().sockets().second();
                    return second != null && second.beganNanos() - nanos <= 0;
                })
                .map(entry -> entry.getKey().peer())
                .toList();
    }

    private static boolean maySecond(LinkSession link) {
        EstablishedLink up = link.established();
        return up != null && link.isUp() && up.maySecond();
    }

    private Stream<LinkSession> all() {
        return links.values().stream();
    }
}
