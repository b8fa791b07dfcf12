package dev.wsmesh.node;

import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Records;
import dev.wsmesh.protocol.StreamId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages of one stream, and about one topic, that came together. Each is read from its record when it is taken, by the thread that
 * takes it: what waits takes no more memory than its records. Safe for any number of threads.
 */
final class Run implements Waiting {

    private static final Logger log = LoggerFactory.getLogger(Run.class);

    private final StreamId stream;
    private final long first;
    private final Records records;
    private final Decoder decoder;
    /** What was read, if several subscriptions take the same; a message that is read twice in a race is the same twice. */
    private final @Nullable Message @Nullable [] read;

    /** Makes a message of a record. */
    @FunctionalInterface
    interface Decoder {
        Message decode(StreamId stream, long sequence, EncodedRecord record);
    }

    /**
     * Messages that nobody has read yet.
     *
     * @param first the number of the first
     * @param records detached; at least one
     * @param isShared whether several subscriptions take them
     */
    Run(StreamId stream, long first, Records records, Decoder decoder, boolean isShared) {
        this.stream = stream;
        this.first = first;
        this.records = records;
        this.decoder = decoder;
        this.read = isShared ? new Message[records.size()] : null;
    }

    StreamId stream() {
        return stream;
    }

    int size() {
        return records.size();
    }

    long first() {
        return first;
    }

    long last() {
        return first + records.size() - 1;
    }

    /** What all of them take: topics and headers included. */
    long bytes() {
        return records.bytes();
    }

    /** What that one takes. */
    int bytes(int index) {
        return records.length(index);
    }

    /** The message; a gap if it cannot be read, for lack of memory: a subscription whose thread has ended would be silent for ever. */
    Delivery delivery(int index) {
        try {
            return message(index);
        } catch (Throwable e) {
            long sequence = first + index;
            log.error("message {} of {} could not be read; it is told as a gap", sequence, stream, e);
            return new Gap(stream, sequence, sequence, Gap.Cause.UNREADABLE);
        }
    }

    private Message message(int index) {
        if (read == null) {
            return decoder.decode(stream, first + index, records.get(index));
        }
        Message known = read[index];
        if (known == null) {
            known = decoder.decode(stream, first + index, records.get(index));
            read[index] = known;
        }
        return known;
    }

    /** That one alone. */
    Run only(int index) {
        return records.size() == 1 ? this : new Run(stream, first + index, records.only(index), decoder, false);
    }
}
