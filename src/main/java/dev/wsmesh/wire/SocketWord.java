package dev.wsmesh.wire;

import org.jspecify.annotations.Nullable;

/** What the ends of a link say about its two sockets: frames of their own, which the link's decoder does not take. */
public enum SocketWord {
    /** On the second socket, from its dialler: it is a socket of the link now. */
    JOINED(1),
    /** On the first socket, from its dialler: nothing more comes here. */
    LAST(2),
    /** On the second socket, from its dialler: {@link #LAST} has been read, so this is where it goes on. */
    GO_ON(3);

    /** More than any of them needs. */
    public static final int MOST_BYTES = 64;

    private final int number;

    SocketWord(int number) {
        this.number = number;
    }

    /** The frame that says this alone. */
    public byte[] encode() {
        ProtoWriter out = new ProtoWriter(2);
        out.varint(FrameTag.SOCKET, number);
        return out.toArray();
    }

    /**
     * What a frame says about sockets; null if it is one for the link.
     *
     * @param frame one whole WebSocket message
     * @throws WireException if it is neither the one nor the other
     */
    public static @Nullable SocketWord in(byte[] frame) throws WireException {
        if (frame.length == 0 || frame[0] != FrameTag.SOCKET) {
            return null;
        }
        ProtoReader in = new ProtoReader(frame);
        SocketWord word = null;
        while (in.hasMore()) {
            if (in.tag() != FrameTag.SOCKET) {
                throw WireException.malformed(Violation.OUT_OF_PLACE);
            }
            word = of(in.varint());
        }
        return word;
    }

    private static SocketWord of(long number) throws WireException {
        for (SocketWord word : values()) {
            if (word.number == number) {
                return word;
            }
        }
        throw WireException.malformed(Violation.OUT_OF_PLACE);
    }
}
