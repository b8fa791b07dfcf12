package dev.wsmesh.protocol;

/**
 * The port through which a record becomes bytes, once, and becomes a record again for its subscribers. Safe for any number of
 * threads: publishers encode, and subscribers decode, in their own.
 */
public interface RecordEncoder {
    /**
     * The record as it travels.
     *
     * @throws IllegalArgumentException if no peer would accept it, whatever room its frame had
     */
    EncodedRecord encode(MeshRecord record);

    /** What the record is about, without decoding the rest of it. */
    Topic topic(EncodedRecord record);

    /** Never fails for what a frame brought: the decoder of frames has validated each of its records. */
    MeshRecord decode(EncodedRecord record);
}
