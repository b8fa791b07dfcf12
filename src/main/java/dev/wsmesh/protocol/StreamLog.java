package dev.wsmesh.protocol;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The retained records of one stream: {@code base..contiguous}, without holes. Empty means that base is contiguous + 1.
 *
 * <p>Bodies are copied into {@link LogMemory}, and out of it; of records with the same head one after the other each keeps that head,
 * and the first pays for it. What is unused of the memory's arrays does not count as retained. It is given back when it is more than
 * 2 KiB and, in the first array, more than half of that and more than a sixteenth of what is retained; in the last one, more than all
 * that is retained.
 */
final class StreamLog {
    /** What a retained record costs beyond its bytes: its place, at worst in a page that is half empty, and an array if it has one alone. */
    static final int OVERHEAD_BYTES = 96;

    /** Less than this part of what is retained is not worth a copy of the rest. A guess. */
    private static final int LEAST_UNUSED_PART = 16;

    private final LogPages pages;
    private final LogMemory memory;
    private long base = 1;
    private long costAppended;

    StreamLog(SpareMemory spare) {
        this.pages = new LogPages(spare);
        this.memory = new LogMemory(spare);
    }

    long base() {
        return base;
    }

    long contiguous() {
        return base + pages.size() - 1;
    }

    int size() {
        return pages.size();
    }

    int capacity() {
        return pages.capacity();
    }

    boolean holds(long sequence) {
        return sequence >= base && sequence <= contiguous();
    }

    /** What all of them cost: their bytes, a head once for those that have it one after the other, and a constant for each. */
    long cost() {
        return size() == 0 ? 0 : costAppended - costBeforeAt(pages.first());
    }

    /** What the records from this one on cost; all of them, if it is evicted. */
    long costFrom(long sequence) {
        long from = Math.max(sequence, base);
        return holds(from) ? costAppended - costBeforeAt(position(from)) : 0;
    }

    /** The first record, from this one on, from which on all cost no more than this; one that is not held if there is none. */
    long firstWithin(long cost, long from) {
        if (costFrom(from) <= cost) {
            return from;
        }
        long tooEarly = Math.max(from, base);
        long last = contiguous();
        long step = 1;
        // It is nearly always near, and what is far has not been looked at for long.
        while (tooEarly + step <= last && costFrom(tooEarly + step) > cost) {
            tooEarly += step;
            step *= 2;
        }
        long within = Math.min(tooEarly + step, last + 1);
        while (within - tooEarly > 1) {
            long middle = (tooEarly + within) >>> 1;
            if (costFrom(middle) <= cost) {
                within = middle;
            } else {
                tooEarly = middle;
            }
        }
        return within;
    }

    /** What that one costs. */
    long cost(long sequence) {
        return sequence == contiguous() ? costFrom(sequence) : costFrom(sequence) - costFrom(sequence + 1);
    }

    /**
     * Appends a copy of each of them. A record is never older than the one before it, whatever rounding made of the ages.
     *
     * @return what they cost
     */
    long append(Records records, long bornNanos, long fromGeneration) {
        long before = costAppended;
        int last = pages.end() - 1;
        boolean isFirst = size() == 0;
        long notBefore = isFirst ? bornNanos : Math.max(bornNanos, bornAt(last));
        RecordHead head = isFirst ? null : headAt(last);
        for (int done = 0; done < records.size(); ) {
            if (memory.isLeftMostlyFreeBy(records.bodyLength(done))) {
                trimLast();
            }
            int room = pages.roomBehind();
            int count = memory.copy(records, done, Math.min(room, records.size() - done));
            int to = pages.end();
            costAppended = pages.page(to)
                    .fill(
                            LogPages.place(to),
                            memory,
                            records,
                            done,
                            count,
                            head,
                            notBefore,
                            fromGeneration,
                            costAppended);
            pages.added(count);
            done += count;
            head = records.head(done - 1);
        }
        return costAppended - before;
    }

    /**
     * Puts a copy of a record before all others: never younger than the one behind it.
     *
     * @return what it costs
     */
    long prepend(EncodedRecord record, long bornNanos, long fromGeneration) {
        boolean isOnly = size() == 0;
        int second = pages.first();
        RecordHead behind = isOnly ? null : headAt(second);
        long notAfter = isOnly ? bornNanos : Math.min(bornNanos, bornAt(second));
        long cost = LogPage.cost(record.head(), behind, record.body().length());
        long before = (isOnly ? costAppended : costBeforeAt(second)) - cost;
        pages.addFirst();
        LogPage page = page(pages.first());
        int place = LogPages.place(pages.first());
        page.arrays[place] = record.body().toArray();
        page.heads[place] = record.head();
        page.offsets[place] = 0;
        page.lengths[place] = record.body().length();
        page.born[place] = notAfter;
        page.source[place] = fromGeneration;
        page.costBefore[place] = before;
        base--;
        return cost;
    }

    EncodedRecord get(long sequence) {
        return get(sequence, 1).get(0);
    }

    /** A copy of so many from this one on, with the few bytes that stand before each body. */
    Records get(long first, int count) {
        int position = position(first);
        @Nullable RecordHead[] heads = new RecordHead[count];
        int[] offsets = new int[count];
        int[] lengths = new int[count];
        int bytes = 0;
        boolean alike = true;
        for (int i = 0; i < count; i++) {
            heads[i] = headAt(position + i);
            alike &= i == 0 || (heads[i] != null && Records.isSame(heads[i], heads[i - 1]));
            lengths[i] = bodyLengthAt(position + i);
            offsets[i] = bytes + before(position + i, i);
            bytes = offsets[i] + lengths[i];
        }
        byte[] copy = new byte[bytes];
        for (int i = 0; i < count; ) {
            int next = i + 1;
            while (next < count && Records.isSame(arrayAt(position + next), arrayAt(position + i))) {
                next++;
            }
            int begin = offsetAt(position + i) - before(position + i, i);
            int end = offsetAt(position + next - 1) + lengths[next - 1];
            System.arraycopy(arrayAt(position + i), begin, copy, offsets[i] - before(position + i, i), end - begin);
            i = next;
        }
        return Records.slices(Bytes.wrap(copy), heads, offsets, lengths, count, alike);
    }

    /** How many bytes before a body are copied with it, if it is not the first of what is copied. */
    private int before(int position, int index) {
        if (index == 0) {
            return 0;
        }
        int offset = offsetAt(position);
        boolean isFirst = !Records.isSame(arrayAt(position), arrayAt(position - 1));
        return isFirst
                ? Math.min(offset, Bytes.MOST_BESIDE)
                : offset - offsetAt(position - 1) - bodyLengthAt(position - 1);
    }

    /**
     * How many records from this one on were born no more than so much later, and fit together, where a head that is that of the
     * record before is not sent again; one fits always.
     *
     * @param most bytes for all of them
     * @param each what each takes beside its own
     */
    int count(long first, long spreadNanos, int most, int each) {
        long bornLast = born(first) + spreadNanos;
        int position = position(first);
        RecordHead head = headAt(position);
        long bytes = length(first) + (long) each;
        int next = position + 1;
        while (next < pages.end() && bornAt(next) <= bornLast) {
            RecordHead own = headAt(next);
            bytes += bodyLengthAt(next) + (own == null || Records.isSame(own, head) ? 0 : own.length()) + (long) each;
            if (bytes > most) {
                break;
            }
            head = own;
            next++;
        }
        return next - position;
    }

    /** How many bytes a record has, its head included. */
    int length(long sequence) {
        int position = position(sequence);
        RecordHead head = headAt(position);
        return bodyLengthAt(position) + (head == null ? 0 : head.length());
    }

    /** How many bytes more are sent if the record before this one goes ahead of it: a head that both have is sent once. */
    int lengthBefore(long sequence) {
        int position = position(sequence);
        RecordHead head = headAt(position - 1);
        boolean isSaved = head != null && Records.isSame(head, headAt(position));
        return isSaved ? bodyLengthAt(position - 1) : length(sequence - 1);
    }

    private int bodyLengthAt(int position) {
        return page(position).lengths[LogPages.place(position)];
    }

    private @Nullable RecordHead headAt(int position) {
        return page(position).heads[LogPages.place(position)];
    }

    /** Where the body of a record is; soon used for another. */
    byte[] arrayOf(long sequence) {
        return arrayAt(position(sequence));
    }

    private byte[] arrayAt(int position) {
        return page(position).array(LogPages.place(position));
    }

    private int offsetAt(int position) {
        return page(position).offsets[LogPages.place(position)];
    }

    private long costBeforeAt(int position) {
        return page(position).costBefore[LogPages.place(position)];
    }

    long born(long sequence) {
        return bornAt(position(sequence));
    }

    private long bornAt(int position) {
        return page(position).born[LogPages.place(position)];
    }

    /** The generation of the link that first brought the record; 0 if it is our own. */
    long source(long sequence) {
        int position = position(sequence);
        return page(position).source[LogPages.place(position)];
    }

    /** The first record behind those that cost at least so much together, from the oldest on. */
    long firstBehind(long cost) {
        long left = cost() - cost;
        return left < 0 ? contiguous() + 1 : firstWithin(left, base);
    }

    /**
     * Evicts the records before this one. Whoever evicts calls {@link #giveBack} once afterwards.
     *
     * @param end behind the last that goes, which is held
     * @return what they cost
     */
    long evictBefore(long end) {
        long cost = costFrom(base) - costFrom(end);
        byte @Nullable [] last = null;
        for (; base < end; base++) {
            byte[] array = pages.removeFirst();
            if (last != null && !Records.isSame(array, last)) {
                memory.free(last);
            }
            last = array;
        }
        if (last != null && (size() == 0 || !Records.isSame(last, arrayAt(pages.first())))) {
            memory.free(last);
        }
        return cost;
    }

    /** Gives back what the records that are left do not need. */
    void giveBack() {
        if (size() > 0) {
            if (isWorthTrimming()) {
                trim(pages.first());
            }
            if (memory.wastes(cost())) {
                trimLast();
            }
        }
        pages.shrink();
    }

    /** A busy stream comes to the end of the array soon anyway, and has much more than that. */
    private boolean isWorthTrimming() {
        int first = pages.first();
        int last = pages.end() - 1;
        byte[] array = arrayAt(first);
        int behind = Records.isSame(array, arrayAt(last)) ? array.length - offsetAt(last) - bodyLengthAt(last) : 0;
        int unused = offsetAt(first) + behind;
        return unused > LogMemory.LEAST_UNUSED_BYTES
                && unused > array.length / 2
                && unused > cost() / LEAST_UNUSED_PART;
    }

    private void trimLast() {
        int first = pages.end() - 1;
        while (first > pages.first() && memory.isOpen(arrayAt(first - 1))) {
            first--;
        }
        trim(first);
    }

    /** Gives back the array in which this is the first record, by moving what is left in it into another. */
    private void trim(int first) {
        byte[] array = arrayAt(first);
        int unused = offsetAt(first);
        int end = first;
        while (end < pages.end() && Records.isSame(arrayAt(end), array)) {
            end++;
        }
        byte[] trimmed = Arrays.copyOfRange(array, unused, offsetAt(end - 1) + bodyLengthAt(end - 1));
        for (int position = first; position < end; position++) {
            page(position).arrays[LogPages.place(position)] = trimmed;
            page(position).offsets[LogPages.place(position)] -= unused;
        }
        memory.free(array);
    }

    /** Forgets everything before this number and goes on there. */
    void skipTo(long sequence) {
        long _ = evictBefore(Math.min(sequence, contiguous() + 1));
        giveBack();
        base = Math.max(base, sequence);
    }

    /** The first retained record born at this time or later; contiguous + 1 if there is none. */
    long firstBornSince(long nanos) {
        long sequence = contiguous() + 1;
        while (sequence > base && born(sequence - 1) >= nanos) {
            sequence--;
        }
        return sequence;
    }

    private int position(long sequence) {
        if (!holds(sequence)) {
            throw new IllegalStateException("record " + sequence + " is not in " + base + ".." + contiguous());
        }
        return pages.first() + (int) (sequence - base);
    }

    private LogPage page(int position) {
        return pages.page(position);
    }
}
