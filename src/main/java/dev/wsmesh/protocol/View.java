package dev.wsmesh.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an operator may see of a node: a copy, true at the time of the call. */
public record View(
        StreamId own,
        boolean listening,
        boolean leaving,
        List<LinkView> links,
        List<Contact> passive,
        List<BootstrapView> bootstrap,
        List<StreamView> streams,
        long logBytes,
        int windowRecords,
        long windowBytes,
        int forgottenStreams) {

    /** A link. {@code neighbour} is false for a probe and for a link that is closing. */
    public record LinkView(
            LinkId id,
            boolean neighbour,
            boolean dialled,
            boolean sticky,
            boolean ready,
            boolean leaving,
            boolean laggard,
            long roundTripNanos,
            int queuedMessages,
            Contact contact) {}

    /** A configured peer. {@code id} is who answered there last; {@code failures} are dials in a row. */
    public record BootstrapView(Address address, @Nullable NodeId id, int failures, Reach reach) {}

    /** Whether a configured peer is part of the mesh that this node is in. */
    public enum Reach {
        NOT_TRIED,
        /** It is this node itself. */
        SELF,
        LINKED,
        /** Through other nodes: its stream goes on. */
        REACHED,
        UNREACHABLE
    }

    /** A stream. {@code parent} is the link that last brought its next record. */
    public record StreamView(
            StreamId id,
            boolean started,
            boolean closed,
            long base,
            long next,
            long delivered,
            long highestKnown,
            long bytes,
            int waiting,
            @Nullable LinkId parent,
            List<StreamLinkView> links) {}

    /** A stream on a link; {@code lagBytes} is what is owed and not yet sent. */
    public record StreamLinkView(
            LinkId link, boolean push, long cursor, boolean asked, long arriving, long theirs, long lagBytes) {}
}
