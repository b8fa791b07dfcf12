package dev.wsmesh.wire;

import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.Message;
import dev.wsmesh.protocol.Message.DigestComplete;
import dev.wsmesh.protocol.Message.ForwardJoin;
import dev.wsmesh.protocol.Message.Graft;
import dev.wsmesh.protocol.Message.Have;
import dev.wsmesh.protocol.Message.Miss;
import dev.wsmesh.protocol.Message.Neighbor;
import dev.wsmesh.protocol.Message.Shuffle;
import dev.wsmesh.protocol.Message.ShuffleReply;
import dev.wsmesh.protocol.StreamId;
import org.jspecify.annotations.Nullable;

/** Reads everything but payload. Owned by the link's reader. */
final class ControlReader {
    /** No duration is longer, so that sums of milliseconds do not run over. About 34 years. */
    static final long MOST_MILLIS = 1L << 40;

    private static final int NONCE = 1 << Tag.NUMBER | Tag.FIXED64;

    private final Limits limits;
    private final IncomingAliases aliases;

    ControlReader(Limits limits, IncomingAliases aliases) {
        this.limits = limits;
        this.aliases = aliases;
    }

    /** The message, or null if its body is unknown: a later version says what this one need not hear. */
    @Nullable
    Message read(ProtoReader in, Tally tally) throws WireException {
        Message body = null;
        while (in.hasMore()) {
            Message next = readBody(in.tag(), in, tally);
            if (next != null && body != null) {
                throw WireException.malformed(Violation.TWO_BODIES);
            }
            body = next != null ? next : body;
        }
        return body;
    }

    private @Nullable Message readBody(int tag, ProtoReader in, Tally tally) throws WireException {
        return switch (tag) {
            case ControlTag.HAVE -> {
                tally.countDigestEntry();
                yield readHave(in.message());
            }
            case ControlTag.GRAFT -> readGraft(in.message());
            case ControlTag.PRUNE -> new Message.Prune(stream(VarintFields.read(in.message())));
            case ControlTag.MISS -> readMiss(in.message());
            case ControlTag.DIGEST_COMPLETE -> readDigestComplete(in.message());
            case ControlTag.BACKFILL -> readBackfill(in.message());
            case ControlTag.LEAVE ->
                new Message.Leave(VarintFields.read(in.message()).get(1, 0, Limits.MOST_NUMBER - 1));
            case ControlTag.PING -> new Message.Ping(readNonce(in.message()));
            case ControlTag.PONG -> new Message.Pong(readNonce(in.message()));
            case ControlTag.JOIN -> new Message.Join(membership(in).contact());
            case ControlTag.FORWARD_JOIN -> readForwardJoin(membership(in));
            case ControlTag.NEIGHBOR -> readNeighbor(membership(in));
            case ControlTag.NEIGHBOR_REPLY -> readNeighborReply(membership(in));
            case ControlTag.DISCONNECT -> new Message.Disconnect(membership(in).contacts());
            case ControlTag.SHUFFLE -> readShuffle(membership(in));
            case ControlTag.SHUFFLE_REPLY -> readShuffleReply(membership(in));
            default -> {
                in.skip(tag);
                yield null;
            }
        };
    }

    private Have readHave(ProtoReader in) throws WireException {
        VarintFields fields = VarintFields.read(in);
        long contiguous = fields.get(3, 0, Limits.MOST_NUMBER - 1);
        return new Have(stream(fields), fields.get(2, 1, contiguous + 1), contiguous);
    }

    private Graft readGraft(ProtoReader in) throws WireException {
        VarintFields fields = VarintFields.read(in);
        return new Graft(stream(fields), fields.get(2, 1, Limits.MOST_NUMBER));
    }

    private Miss readMiss(ProtoReader in) throws WireException {
        VarintFields fields = VarintFields.read(in);
        long base = fields.get(2);
        return new Miss(stream(fields), base, fields.get(3) != 0, fields.get(4, 0, Math.max(0, base - 1)));
    }

    private Message.Backfill readBackfill(ProtoReader in) throws WireException {
        VarintFields fields = VarintFields.read(in);
        return new Message.Backfill(stream(fields), fields.get(2, 1, Limits.MOST_NUMBER));
    }

    private static DigestComplete readDigestComplete(ProtoReader in) throws WireException {
        VarintFields fields = VarintFields.read(in);
        return new DigestComplete(fields.has(1) ? fields.get(1, 0, MOST_MILLIS) : DigestComplete.NEVER);
    }

    private StreamId stream(VarintFields fields) throws WireException {
        return aliases.resolve(fields.get(1));
    }

    private static long readNonce(ProtoReader in) throws WireException {
        long nonce = 0;
        while (in.hasMore()) {
            int tag = in.tag();
            if (tag == NONCE) {
                nonce = in.fixed64();
            } else {
                in.skip(tag);
            }
        }
        return nonce;
    }

    private MembershipFields membership(ProtoReader in) throws WireException {
        return MembershipFields.read(in.message(), limits);
    }

    private static ForwardJoin readForwardJoin(MembershipFields fields) throws WireException {
        return new ForwardJoin(fields.contact(), fields.timeToLive());
    }

    private static Neighbor readNeighbor(MembershipFields fields) throws WireException {
        return new Neighbor(fields.high(), fields.contact());
    }

    private static Message.NeighborReply readNeighborReply(MembershipFields fields) throws WireException {
        return new Message.NeighborReply(fields.contact(), fields.others());
    }

    private static Shuffle readShuffle(MembershipFields fields) throws WireException {
        return new Shuffle(fields.nonce(), fields.origin(), fields.timeToLive(), fields.contacts());
    }

    private static ShuffleReply readShuffleReply(MembershipFields fields) {
        return new ShuffleReply(fields.nonce(), fields.contacts());
    }
}
