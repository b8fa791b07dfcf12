package dev.wsmesh.wire;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.StreamId;
import java.util.ArrayList;
import java.util.List;

/**
 * The short names that the other end of a link has given to streams. They are given in order, so that the table never
 * grows faster than the bytes that fill it. Owned by the link's reader.
 */
final class IncomingAliases {
    /** As many as a frame has messages, so that every message may name a stream of its own. */
    static final int CAPACITY = 32_768;

    private static final int ALIAS = 1 << Tag.NUMBER | Tag.VARINT;
    private static final int ORIGIN = 2 << Tag.NUMBER | Tag.LENGTH;
    private static final int EPOCH = 3 << Tag.NUMBER | Tag.VARINT;

    private final List<StreamId> streams = new ArrayList<>(0);

    void define(ProtoReader in) throws WireException {
        long alias = 0;
        NodeId origin = null;
        long epoch = 0;
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case ALIAS -> alias = in.number(1, Limits.MOST_NUMBER);
                case ORIGIN -> origin = NodeId.of(in.exactly(NodeId.BYTES));
                case EPOCH -> epoch = in.number(0, Limits.MOST_NUMBER);
                default -> in.skip(tag);
            }
        }
        set(alias, new StreamId(WireException.present(origin), epoch));
    }

    private void set(long alias, StreamId stream) throws WireException {
        WireException.refuseAbove(Math.min(streams.size() + 1, CAPACITY), alias, Violation.STREAM_ALIASES);
        if (alias == 0) {
            throw WireException.malformed(Violation.MISSING_FIELD);
        }
        if (alias > streams.size()) {
            streams.add(stream);
        } else {
            streams.set((int) alias - 1, stream);
        }
    }

    StreamId resolve(long alias) throws WireException {
        if (alias < 1 || alias > streams.size()) {
            throw WireException.malformed(Violation.UNKNOWN_ALIAS);
        }
        return streams.get((int) alias - 1);
    }

    static void write(ProtoWriter out, int tag, int alias, StreamId stream) {
        int start = out.begin(tag);
        out.varint(ALIAS, alias);
        out.bytes(ORIGIN, Bytes.wrap(stream.origin().toArray()));
        out.varint(EPOCH, stream.epoch());
        out.end(start);
    }
}
