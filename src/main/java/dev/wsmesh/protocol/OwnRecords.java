package dev.wsmesh.protocol;

/**
 * Memory for what the node itself publishes: small records stand one behind the other in arrays, because the collector moves and
 * marks each object that is retained. What is free in the last array, less than 16 KiB and no more than was published, is not
 * counted by the log.
 */
final class OwnRecords {
    private static final int MOST_ARRAY_BYTES = 16 << 10;

    /** Larger ones have arrays of their own, so that no array ends with much unused. */
    private static final int MOST_SHARED_BYTES = MOST_ARRAY_BYTES / 16;

    private byte[] array = {};
    private int used;

    /**
     * The same record in memory that no receive buffer, and nobody else's record, shares. The few bytes before it come with it: they
     * may be what its codec wrote there.
     */
    EncodedRecord keep(EncodedRecord record) {
        int length = record.length();
        if (length > MOST_SHARED_BYTES) {
            return record.detached();
        }
        Bytes bytes = record.bytes();
        int before = Math.min(bytes.offset(), Bytes.MOST_BESIDE);
        if (before + length > array.length - used) {
            array = new byte[Math.max(before + length, Math.min(2 * array.length, MOST_ARRAY_BYTES))];
            used = 0;
        }
        System.arraycopy(bytes.array(), bytes.offset() - before, array, used, before + length);
        used += before + length;
        return new EncodedRecord(Bytes.wrap(array, used - length, length));
    }
}
