package dev.wsmesh.wire;

/** The bodies of a Control. */
final class ControlTag {
    static final int HAVE = 1 << Tag.NUMBER | Tag.LENGTH;
    static final int GRAFT = 2 << Tag.NUMBER | Tag.LENGTH;
    static final int PRUNE = 3 << Tag.NUMBER | Tag.LENGTH;
    static final int MISS = 4 << Tag.NUMBER | Tag.LENGTH;
    static final int DIGEST_COMPLETE = 5 << Tag.NUMBER | Tag.LENGTH;
    static final int LEAVE = 6 << Tag.NUMBER | Tag.LENGTH;
    static final int PING = 7 << Tag.NUMBER | Tag.LENGTH;
    static final int PONG = 8 << Tag.NUMBER | Tag.LENGTH;
    static final int JOIN = 9 << Tag.NUMBER | Tag.LENGTH;
    static final int FORWARD_JOIN = 10 << Tag.NUMBER | Tag.LENGTH;
    static final int NEIGHBOR = 11 << Tag.NUMBER | Tag.LENGTH;
    static final int NEIGHBOR_REPLY = 12 << Tag.NUMBER | Tag.LENGTH;
    static final int DISCONNECT = 13 << Tag.NUMBER | Tag.LENGTH;
    static final int SHUFFLE = 14 << Tag.NUMBER | Tag.LENGTH;
    static final int SHUFFLE_REPLY = 15 << Tag.NUMBER | Tag.LENGTH;
    static final int BACKFILL = 16 << Tag.NUMBER | Tag.LENGTH;

    private ControlTag() {}
}
