package dev.wsmesh.wire;

/** The fields of a Frame, shared by those who write and read it before and after a link is admitted. */
final class FrameTag {
    static final int HELLO = 1 << Tag.NUMBER | Tag.LENGTH;
    static final int PROOF = 2 << Tag.NUMBER | Tag.LENGTH;
    static final int STREAMS = 3 << Tag.NUMBER | Tag.LENGTH;
    static final int CONTROL = 4 << Tag.NUMBER | Tag.LENGTH;
    static final int BATCHES = 5 << Tag.NUMBER | Tag.LENGTH;
    static final int HISTORY = 6 << Tag.NUMBER | Tag.LENGTH;

    static final int SOCKET = 7 << Tag.NUMBER | Tag.VARINT;

    private FrameTag() {}
}
