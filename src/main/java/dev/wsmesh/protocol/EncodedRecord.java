package dev.wsmesh.protocol;

import java.util.ArrayList;
import java.util.List;

/** A record as it is kept and sent: encoded once by its publisher, copied ever after, opaque to the core. */
public record EncodedRecord(Bytes bytes) {
    /** Of a receive buffer that is kept with the records in it: what lies between them, and beside them. A guess. */
    private static final int MOST_UNUSED_PART = 8;

    /** In bytes, topic and headers included; what keeping it costs beside them is not. */
    public int length() {
        return bytes.length();
    }

    /** The same record in memory of its own, so that keeping it does not keep a receive buffer alive. */
    EncodedRecord detached() {
        return bytes.isDetached() ? this : new EncodedRecord(Bytes.wrap(bytes.toArray()));
    }

    /**
     * The same records one behind the other in an array that they share, so that keeping all of them does not keep a receive buffer
     * alive; as they are if each has memory of its own, or they are most of what they are slices of.
     */
    static List<EncodedRecord> detached(List<EncodedRecord> records) {
        long total = 0;
        boolean detached = true;
        for (EncodedRecord record : records) {
            total += record.length();
            detached &= record.bytes().isDetached();
        }
        return detached || isMostOfOneArray(records, total) ? records : together(records, Math.toIntExact(total));
    }

    @SuppressWarnings("ReferenceEquality") // whether it is the same array is the question
    private static boolean isMostOfOneArray(List<EncodedRecord> records, long total) {
        byte[] array = records.getFirst().bytes().array();
        if (total < array.length - array.length / MOST_UNUSED_PART) {
            return false;
        }
        for (EncodedRecord record : records) {
            if (record.bytes().array() != array) {
                return false;
            }
        }
        return true;
    }

    private static List<EncodedRecord> together(List<EncodedRecord> records, int total) {
        byte[] array = new byte[total];
        List<EncodedRecord> detached = new ArrayList<>(records.size());
        int offset = 0;
        for (EncodedRecord record : records) {
            record.bytes().copyTo(array, offset);
            detached.add(new EncodedRecord(Bytes.wrap(array, offset, record.length())));
            offset += record.length();
        }
        return detached;
    }
}
