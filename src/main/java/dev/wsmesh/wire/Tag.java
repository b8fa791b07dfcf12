package dev.wsmesh.wire;

/**
 * What stands before each protobuf field: its number and, in the lowest three bits, how its value is written. Readers
 * switch over whole tags, so that a known number with an unexpected type is passed over like any unknown field.
 */
final class Tag {
    /** Where the number begins. */
    static final int NUMBER = 3;

    static final int TYPE_MASK = (1 << NUMBER) - 1;

    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int LENGTH = 2;
    static final int GROUP_START = 3;
    static final int GROUP_END = 4;
    static final int FIXED32 = 5;

    private Tag() {}
}
