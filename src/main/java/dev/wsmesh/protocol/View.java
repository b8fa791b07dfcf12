package dev.wsmesh.protocol;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an operator may see of a node: a copy, true at the time of the call. Bytes of logs are counted as
 * {@link Settings.Memory#logBytes} is, with the overhead of each record.
 *
 * @param own under which name this node publishes now
 * @param listening whether it has ever had a neighbour in this run
 * @param passive the candidates for the active view
 * @param bootstrap the configured peers but for this node's own address, in their order
 * @param streams those that are known; forgotten ones are only counted
 * @param logBytes retained, over all streams
 * @param windowRecords that wait for an earlier one, over all streams
 * @param windowBytes of theirs, without overhead
 * @param forgottenStreams whose positions are remembered
 */
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

    /** Where the node at the other end of a link can be dialled; none if it cannot, or the link has gone. */
    public Optional<Address> addressOf(LinkId link) {
        for (LinkView each : links) {
            if (each.id().equals(link)) {
                return Optional.ofNullable(each.contact().address());
            }
        }
        return Optional.empty();
    }

    /**
     * A link that is up, or not down yet.
     *
     * @param neighbour false for a probe, for who was asked for a favour and has not answered, and for a link that is closing
     * @param dialled by this node
     * @param sticky it was dialled as a configured peer, and is not evicted
     * @param ready a neighbour whose digest has come: streams flow
     * @param leaving the peer has said so: it is neither asked nor counted on
     * @param laggard it held the publish window shut for too long: until it has caught up nobody waits for it
     * @param roundTripNanos how long the last Pong that came took, the time its Ping waited for the link included; -1, not known,
     *     before the first
     * @param queuedMessages that wait for the link and are no flag, up to {@link Settings.Liveness#controlQueue}
     * @param contact what the peer said of itself; else where it was dialled or seen
     */
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

    /**
     * A configured peer.
     *
     * @param id who answered there last; null while nobody ever did
     * @param failures failed dials in a row, since it was last linked or reached
     */
    public record BootstrapView(Address address, @Nullable NodeId id, int failures, Reach reach) {}

    /** Whether a configured peer is part of the mesh that this node is in. */
    public enum Reach {
        /** No dial has ended yet. */
        NOT_TRIED,
        /** It is this node itself. */
        SELF,
        /** As a neighbour. */
        LINKED,
        /** Through other nodes: its stream went on within {@link Settings.Membership#evidenceAge}. */
        REACHED,
        /** Neither, as far as can be seen from here. */
        UNREACHABLE
    }

    /**
     * A stream. Numbers are those of records, from 1 on.
     *
     * @param started whether it is known where the stream begins here; before that it is only announced
     * @param closed a newer epoch of its origin is delivered, and nothing of this one any more
     * @param base the oldest record that is retained; {@code next} if none is
     * @param next the record that is waited for: all before it are retained, were, or will never be
     * @param delivered everything up to here was delivered, lies in a gap, or came before this node listened
     * @param highestKnown that anybody ever announced; 0 if nobody did
     * @param bytes retained
     * @param waiting records that wait for an earlier one
     * @param parent the link that last brought the next record; null if there is none, as for the own stream
     * @param links empty in {@link Protocol#outline}
     */
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

    /**
     * A stream on a link.
     *
     * @param push whether this node owes the stream to the peer
     * @param cursor the next record that it would send
     * @param asked whether this node wants the stream from the peer
     * @param arriving the next record that the peer will bring, while asked
     * @param theirs the highest record that the peer is known to hold; 0 if none is
     * @param lagBytes what is owed and not yet sent
     */
    public record StreamLinkView(
            LinkId link, boolean push, long cursor, boolean asked, long arriving, long theirs, long lagBytes) {}
}
