package dev.wsmesh.wire;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.Contact;
import dev.wsmesh.protocol.Message;
import dev.wsmesh.protocol.Message.DigestComplete;
import java.util.List;

/** Writes everything but payload. Owned by the link's writer. */
final class ControlWriter {
    private static final int NONCE = 1 << Tag.NUMBER | Tag.FIXED64;
    private static final int LISTENING = 1 << Tag.NUMBER | Tag.VARINT;

    private final OutgoingAliases aliases;

    ControlWriter(OutgoingAliases aliases) {
        this.aliases = aliases;
    }

    void write(ProtoWriter out, Message.Broadcast message) {
        switch (message) {
            case Message.Have(var stream, var base, var contiguous) ->
                VarintFields.write(out, ControlTag.HAVE, aliases.of(stream), base, contiguous);
            case Message.Graft(var stream, var from) ->
                VarintFields.write(out, ControlTag.GRAFT, aliases.of(stream), from);
            case Message.Prune(var stream) -> VarintFields.write(out, ControlTag.PRUNE, aliases.of(stream));
            case Message.Miss(var stream, var base, var pending, var tooLarge) ->
                VarintFields.write(out, ControlTag.MISS, aliases.of(stream), base, pending ? 1 : 0, tooLarge);
            case DigestComplete(var listeningMillis) -> writeDigestComplete(out, listeningMillis);
            case Message.Leave(var last) -> VarintFields.write(out, ControlTag.LEAVE, last);
            case Message.Backfill(var stream, var before) ->
                VarintFields.write(out, ControlTag.BACKFILL, aliases.of(stream), before);
            case Message.Batch _, Message.History _ -> throw new IllegalArgumentException("payload is no control");
        }
    }

    void write(ProtoWriter out, Message.Liveness message) {
        switch (message) {
            case Message.Ping(var nonce) -> writeNonce(out, ControlTag.PING, nonce);
            case Message.Pong(var nonce) -> writeNonce(out, ControlTag.PONG, nonce);
        }
    }

    void write(ProtoWriter out, Message.Membership message) {
        int start = out.begin(tag(message));
        switch (message) {
            case Message.Join(var sender) -> MembershipFields.writeContact(out, sender);
            case Message.ForwardJoin(var joiner, var timeToLive) -> {
                MembershipFields.writeContact(out, joiner);
                out.varint(MembershipFields.NUMBER, timeToLive);
            }
            case Message.Neighbor(var high, var sender) -> {
                MembershipFields.writeContact(out, sender);
                out.varint(MembershipFields.NUMBER, high ? 1 : 0);
            }
            case Message.NeighborReply(var sender, var others) -> {
                MembershipFields.writeContact(out, sender);
                MembershipFields.writeOthers(out, others);
            }
            case Message.Disconnect(var contacts) -> writeContacts(out, contacts);
            case Message.Shuffle(var nonce, var origin, var timeToLive, var contacts) -> {
                writeContacts(out, contacts);
                out.varint(MembershipFields.NUMBER, timeToLive);
                out.fixed64(MembershipFields.NONCE, nonce);
                out.bytes(MembershipFields.ORIGIN, Bytes.wrap(origin.toArray()));
            }
            case Message.ShuffleReply(var nonce, var contacts) -> {
                writeContacts(out, contacts);
                out.fixed64(MembershipFields.NONCE, nonce);
            }
        }
        out.end(start);
    }

    private static int tag(Message.Membership message) {
        return switch (message) {
            case Message.Join _ -> ControlTag.JOIN;
            case Message.ForwardJoin _ -> ControlTag.FORWARD_JOIN;
            case Message.Neighbor _ -> ControlTag.NEIGHBOR;
            case Message.NeighborReply _ -> ControlTag.NEIGHBOR_REPLY;
            case Message.Disconnect _ -> ControlTag.DISCONNECT;
            case Message.Shuffle _ -> ControlTag.SHUFFLE;
            case Message.ShuffleReply _ -> ControlTag.SHUFFLE_REPLY;
        };
    }

    private static void writeContacts(ProtoWriter out, List<Contact> contacts) {
        for (Contact contact : contacts) {
            MembershipFields.writeContact(out, contact);
        }
    }

    private static void writeDigestComplete(ProtoWriter out, long listeningMillis) {
        int start = out.begin(ControlTag.DIGEST_COMPLETE);
        if (listeningMillis != DigestComplete.NEVER) {
            out.presentVarint(LISTENING, listeningMillis);
        }
        out.end(start);
    }

    private static void writeNonce(ProtoWriter out, int tag, long nonce) {
        int start = out.begin(tag);
        out.fixed64(NONCE, nonce);
        out.end(start);
    }
}
