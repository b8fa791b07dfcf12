package dev.wsmesh.protocol;

import java.util.List;

/**
 * Everything that one node says to another. A {@link Frame} carries any number of them, control before payload; only the
 * handshake's messages travel alone.
 *
 * <p>{@code mesh.proto} says the range of each value; the decoder enforces it, and nobody looks again. Numbers of records begin at
 * 1, and neither they nor epochs are above {@link Limits#MOST_NUMBER}.
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
     * Opens the handshake on both sides.
     *
     * @param versions of the protocol: 1 to 16 of them
     * @param cluster the mesh's name, at most 255 bytes of UTF-8; may be empty
     * @param publicKey Ed25519 as in RFC 8032, 32 bytes
     * @param epoch of the sender's run: by custom milliseconds since 1970 when it began
     * @param instance random; tells two processes with the same key apart
     * @param nonce 32 random bytes, never used twice
     * @param frameBytes the largest frame that the sender accepts, {@link Limits#FRAME_TARGET_BYTES} at least
     * @param intent the dialler's; an acceptor's means nothing
     * @param endpoint where the sender can be dialled, a URL without its host, of at most 255 bytes; empty if it only dials out
     * @param secondSocket whether the sender lets a link have a second socket
     * @param joins the transcript, of 32 bytes, of the link whose second socket the dialler wants this to be; empty if it is to be a
     *     link of its own
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
            String endpoint,
            boolean secondSocket,
            Bytes joins)
            implements Handshake {
        public Hello {
            versions = List.copyOf(versions);
        }
    }

    /**
     * Proves the key of the Hello and, where a cluster key is set, knowledge of it.
     *
     * @param signature Ed25519 over role and transcript, 64 bytes
     * @param mac HMAC-SHA-256 over the same, 32 bytes; empty where no cluster key is set
     */
    record Proof(Bytes signature, Bytes mac) implements Handshake {}

    /**
     * Payload: consecutive records from {@code first} on. {@code ageMillis} is the age of the oldest of them.
     * {@code acknowledge} asks for a Have at once; only its origin, and who leaves, set it. One without records tells a newcomer to a
     * stream where it begins: all that was published before is older than what it asked for.
     */
    record Batch(StreamId stream, long first, long ageMillis, boolean acknowledge, Records records)
            implements Broadcast {
        public Batch(StreamId stream, long first, long ageMillis, boolean acknowledge, List<EncodedRecord> records) {
            this(stream, first, ageMillis, acknowledge, Records.of(records));
        }

        /** The number of the last record; {@code first - 1} if there is none. */
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
     * sender's first neighbour's link came up plus its replay-on-join, or {@link #NEVER} if it has had no neighbour yet and wants
     * none of the past.
     */
    record DigestComplete(long listeningMillis) implements Broadcast {
        public static final long NEVER = -1;
    }

    /** Push this stream to me from this record on. */
    record Graft(StreamId stream, long from) implements Broadcast {}

    /** Stop pushing this stream to me. */
    record Prune(StreamId stream) implements Broadcast {}

    /**
     * I no longer have what you asked for; I have from {@code base} on, {@link #NONE} at all, or not yet ({@code pending}). Or I
     * have it, and so many records before {@code base} are {@code tooLarge} for the frames that you accept: nobody can bring them.
     */
    record Miss(StreamId stream, long base, boolean pending, long tooLarge) implements Broadcast {
        public static final long NONE = 0;

        public Miss(StreamId stream, long base, boolean pending) {
            this(stream, base, pending, 0);
        }
    }

    /**
     * Send me, when there is nothing better to do or after 16 frames that had no room, what you hold of this stream before this
     * number. A later one replaces it.
     */
    record Backfill(StreamId stream, long before) implements Broadcast {}

    /**
     * Answers a Backfill: consecutive records, the last of them just before what was asked for or before the History that
     * came before. One without records ends the answer. {@code ageMillis} is as in Batch.
     */
    record History(StreamId stream, long first, long ageMillis, Records records) implements Broadcast {
        public History(StreamId stream, long first, long ageMillis, List<EncodedRecord> records) {
            this(stream, first, ageMillis, Records.of(records));
        }

        /** The end of an answer that has come down to this number. */
        static History end(StreamId stream, long before) {
            return new History(stream, before, 0, Records.NONE);
        }

        /** The number of the last record; {@code first - 1} if there is none. */
        public long last() {
            return first + records.size() - 1;
        }
    }

    /**
     * Stop asking me and counting on me; what I published ends with {@code last}, 0 if nothing. Say what you hold, and keep reading until I
     * close.
     */
    record Leave(long last) implements Broadcast {}

    /** First words of a dialler without neighbours, and of a probe that found another mesh. */
    record Join(Contact sender) implements Membership {}

    /** Walks {@code timeToLive} hops so that nodes far from the contact learn of, and dial, the joiner. */
    record ForwardJoin(Contact joiner, int timeToLive) implements Membership {}

    /** First words of a dialler with {@link Intent#HIGH}, which cannot do without the link, or {@link Intent#LOW}. */
    record Neighbor(boolean high, Contact sender) implements Membership {}

    /**
     * The acceptor's answer to a Join or a Neighbor that it admits; a joiner gets contacts with it. One that it refuses is
     * answered by Disconnect. The sender is one of the {@link Limits#contactsPerMessage}.
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

    /** Asks for a Pong with the same nonce, whatever that is. */
    record Ping(long nonce) implements Liveness {}

    /** Answers the latest Ping; of several that waited, the others are not answered. */
    record Pong(long nonce) implements Liveness {}
}
