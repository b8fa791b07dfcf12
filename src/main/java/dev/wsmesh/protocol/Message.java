package dev.wsmesh.protocol;

import java.util.List;

/**
 * Everything that one node says to another. A {@link Frame} carries any number of them, control before payload; only the
 * handshake's messages travel alone.
 */
public sealed interface Message {

    /** Before the link is up: spoken by the identity room, never by the core. */
    sealed interface Handshake extends Message {}

    /** About streams. */
    sealed interface Broadcast extends Message {}

    /** About who is linked with whom. */
    sealed interface Membership extends Message {}

    /** About the link itself. */
    sealed interface Liveness extends Message {}

    /**
     * Opens the handshake on both sides. {@code instance} tells two processes with the same key apart; {@code endpoint} is
     * where the sender can be dialled, a URL without its host, or empty if it only dials out.
     */
    record Hello(
            List<Integer> versions,
            String cluster,
            Bytes publicKey,
            long epoch,
            long instance,
            Bytes nonce,
            int frameBytes,
            Intent intent,
            String endpoint)
            implements Handshake {
        public Hello {
            versions = List.copyOf(versions);
        }
    }

    /** Proves the key of the Hello and, where a cluster key is set, knowledge of it; otherwise {@code mac} is empty. */
    record Proof(Bytes signature, Bytes mac) implements Handshake {}

    /**
     * Payload: consecutive records from {@code first} on. {@code ageMillis} is the age of the oldest of them.
     * {@code acknowledge} asks for a Have at once; only a stream's origin sets it. One without records tells a newcomer to a
     * stream where it begins: all that was published before is older than what it asked for.
     */
    record Batch(StreamId stream, long first, long ageMillis, boolean acknowledge, List<EncodedRecord> records)
            implements Broadcast {
        public Batch {
            records = List.copyOf(records);
        }

        public long last() {
            return first + records.size() - 1;
        }
    }

    /**
     * The sender holds and could send {@code base..contiguous}; nothing, if base is contiguous + 1. It is the announcement,
     * the acknowledgement and one entry of a digest.
     */
    record Have(StreamId stream, long base, long contiguous) implements Broadcast {}

    /**
     * The Haves since link-up, or since the last of these, were a complete digest. {@code listeningMillis} is the time since the
     * sender's first neighbour's link came up plus its replay-on-join, or {@link #NEVER} if it has had no neighbour yet.
     */
    record DigestComplete(long listeningMillis) implements Broadcast {
        public static final long NEVER = -1;
    }

    /** Push this stream to me from this record on. */
    record Graft(StreamId stream, long from) implements Broadcast {}

    /** Stop pushing this stream to me. */
    record Prune(StreamId stream) implements Broadcast {}

    /** I no longer have what you asked for; I have from {@code base} on, {@link #NONE} at all, or not yet ({@code pending}). */
    record Miss(StreamId stream, long base, boolean pending) implements Broadcast {
        public static final long NONE = 0;
    }

    /** Send me, when there is nothing better to do, what you hold of this stream before this number. */
    record Backfill(StreamId stream, long before) implements Broadcast {}

    /**
     * Answers a Backfill: consecutive records, the last of them just before what was asked for or before the History that
     * came before. One without records ends the answer. {@code ageMillis} is as in Batch.
     */
    record History(StreamId stream, long first, long ageMillis, List<EncodedRecord> records) implements Broadcast {
        public History {
            records = List.copyOf(records);
        }

        static History end(StreamId stream, long before) {
            return new History(stream, before, 0, List.of());
        }

        public long last() {
            return first + records.size() - 1;
        }
    }

    /** Stop asking me and counting on me; what I published ends with {@code last}. Keep reading until I close. */
    record Leave(long last) implements Broadcast {}

    /** First words of a dialler without neighbours, and of a probe that found another mesh. */
    record Join(Contact sender) implements Membership {}

    /** Walks through the mesh so that nodes far from the contact learn of, and dial, the joiner. */
    record ForwardJoin(Contact joiner, int timeToLive) implements Membership {}

    /** First words of a dialler that has neighbours. */
    record Neighbor(boolean high, Contact sender) implements Membership {}

    /**
     * The acceptor's answer to a Join or a Neighbor that it admits; a joiner gets contacts with it. One that it refuses is
     * answered by Disconnect.
     */
    record NeighborReply(Contact sender, List<Contact> contacts) implements Membership {
        public NeighborReply {
            contacts = List.copyOf(contacts);
        }
    }

    /** You are not, or no longer, my neighbour; try these. The close follows. */
    record Disconnect(List<Contact> contacts) implements Membership {
        public Disconnect {
            contacts = List.copyOf(contacts);
        }
    }

    /** Exchange some contacts; walks {@code timeToLive} hops, and is answered to the hop before along the same links. */
    record Shuffle(long nonce, NodeId origin, int timeToLive, List<Contact> contacts) implements Membership {
        public Shuffle {
            contacts = List.copyOf(contacts);
        }
    }

    /** Carries the nonce of the Shuffle that it answers. */
    record ShuffleReply(long nonce, List<Contact> contacts) implements Membership {
        public ShuffleReply {
            contacts = List.copyOf(contacts);
        }
    }

    record Ping(long nonce) implements Liveness {}

    record Pong(long nonce) implements Liveness {}
}
