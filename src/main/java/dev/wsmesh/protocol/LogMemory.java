package dev.wsmesh.protocol;

/**
 * The memory of one log: records are copied in, one behind the other, into chunks that become larger with what comes, and nothing of
 * it is ever handed out; so a chunk can be used again as soon as its records are evicted.
 *
 * <p>What is free in the last chunk, less than 64 KiB and no more than came before, is not counted by the log.
 */
final class LogMemory {
    /** Less than this is not worth a copy of the rest. A guess. */
    static final int LEAST_UNUSED_BYTES = 2 << 10;

    private static final byte[] NONE = {};

    /** Larger records have arrays of their own, so that no chunk ends with much unused. */
    private static final int MOST_SHARED_BYTES = SpareMemory.CHUNK / 16;

    private final SpareMemory spare;
    private byte[] chunk = NONE;
    private int used;

    /** Where the last records were copied to. */
    private byte[] array = NONE;

    private int shift;

    LogMemory(SpareMemory spare) {
        this.spare = spare;
    }

    /**
     * Copies some of these records, as many as there is room for in one place, but one at least. The few bytes before each come with
     * it: they may be what its codec wrote there, and finds again.
     *
     * @param most how many
     * @return how many; where they are tell {@link #array} and {@link #shift}
     */
    int copy(Records records, int from, int most) {
        int length = records.bodyLength(from);
        int begin = records.offset(from);
        if (length > MOST_SHARED_BYTES) {
            array = new byte[length];
            shift = -begin;
            System.arraycopy(records.array(from), begin, array, 0, length);
            // What is in one array stands together in the log, or its end would not be seen.
            leave();
            return 1;
        }
        begin -= Math.min(begin, Bytes.MOST_BESIDE);
        int end = records.offset(from) + length;
        makeRoom(end - begin);
        int next = from + 1;
        while (next < from + most && fits(records, next, end, begin + chunk.length - used)) {
            end = records.offset(next) + records.bodyLength(next);
            next++;
        }
        System.arraycopy(records.array(from), begin, chunk, used, end - begin);
        array = chunk;
        shift = used - begin;
        used += end - begin;
        return next - from;
    }

    /** Whether it stands right behind the one before, which ends there, and before that place. */
    private static boolean fits(Records records, int next, int end, int before) {
        int length = records.bodyLength(next);
        int between = records.offset(next) - end;
        return records.isInArrayOf(next, next - 1)
                && between >= 0
                && between <= Bytes.MOST_BESIDE
                && length <= MOST_SHARED_BYTES
                && records.offset(next) + length <= before;
    }

    private void makeRoom(int bytes) {
        if (bytes <= chunk.length - used) {
            return;
        }
        int size = Math.max(bytes, 2 * chunk.length);
        chunk = size < SpareMemory.CHUNK ? new byte[size] : spare.takeChunk();
        used = 0;
    }

    /** Whether what is free in the last chunk is more than a little, and more than so many bytes. */
    boolean wastes(long bytes) {
        int free = chunk.length - used;
        return free > LEAST_UNUSED_BYTES && free > bytes;
    }

    /** Whether a record of so many bytes ends the last chunk, and more of it is free than is used. */
    boolean isLeftMostlyFreeBy(int length) {
        return length > MOST_SHARED_BYTES && wastes(used);
    }

    /** Whether records are still copied into this array, behind those that are there. */
    @SuppressWarnings("ReferenceEquality") // whether it is the same array is the question
    boolean isOpen(byte[] array) {
        return array == chunk;
    }

    /** What {@link #copy} has copied to. */
    byte[] array() {
        return array;
    }

    /** How much farther on a record is there than where it came from. */
    int shift() {
        return shift;
    }

    /** No record is in this array any more. */
    @SuppressWarnings("ReferenceEquality") // whether it is the same array is the question
    void free(byte[] array) {
        if (array == chunk) {
            leave();
        }
        if (array == this.array) {
            this.array = NONE;
        }
        spare.giveChunk(array);
    }

    private void leave() {
        chunk = NONE;
        used = 0;
    }
}
