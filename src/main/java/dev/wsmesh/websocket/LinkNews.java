package dev.wsmesh.websocket;

import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.protocol.NodeId;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What the log has said of who is linked: a line when a node has become a neighbour, and one when it is none any more. That a
 * second link crosses the first, or that a node looks whether there is room, is no news; it goes on all the time in a mesh that
 * is well. Thread-safe.
 */
final class LinkNews {

    /** Nodes that the log calls linked. */
    private final Set<NodeId> linked = new HashSet<>();

    /** A link has become a neighbour's; calls {@code tell} if that is news. */
    synchronized void neighbour(LinkId id, Predicate<LinkId> isThere, Runnable tell) {
        if (isThere.test(id) && linked.add(id.peer())) {
            tell.run();
        }
    }

    /** A link is there no more, nor is another one with that node; returns whether the log has called it linked. */
    synchronized boolean isNewsOfEnd(NodeId peer) {
        return linked.remove(peer);
    }
}
