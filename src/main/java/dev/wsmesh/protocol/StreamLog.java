package dev.wsmesh.protocol;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The retained records of one stream: {@code base..contiguous}, without holes, in pages. A stream with few of them has one small
 * page, which doubles when full and halves when less than a quarter is used; longer ones get a page more now and then, so that
 * nothing is moved that grows with what is retained. Empty means that base is contiguous + 1.
 *
 * <p>Records are copied into {@link LogMemory}, and out of it. What is unused of its arrays does not count as retained. It is given
 * back when it is more than 2 KiB and, in the first array, more than half of that and more than a sixteenth of what is retained; in
 * the last one, more than all that is retained.
 */
final class StreamLog {
    /** What a retained record costs beyond its bytes: its place, at worst in a page that is half empty, and an array if it has one alone. */
    static final int OVERHEAD_BYTES = 80;

    /** Of a full page: 9 KiB. A guess; a power of two. */
    static final int PAGE = 256;

    /** Less than this part of what is retained is not worth a copy of the rest. A guess. */
    private static final int LEAST_UNUSED_PART = 16;

    private static final int FIRST_CAPACITY = 4;
    private static final int IDLE_CAPACITY = 16;

    /** A ring, of a power of two. Where there are several pages, all of them are full ones. */
    private @Nullable LogPage[] pages = {new LogPage(FIRST_CAPACITY)};

    /** An empty page: where as many records go as come, no page is made. */
    private @Nullable LogPage spare;

    private final LogMemory memory;
    private int firstPage;
    private int pageCount = 1;
    /** Where base is in the first page. */
    private int head;

    private int size;
    private long base = 1;
    private long bytesAppended;

    StreamLog(SpareChunks spare) {
        this.memory = new LogMemory(spare);
    }

    long base() {
        return base;
    }

    long contiguous() {
        return base + size - 1;
    }

    int size() {
        return size;
    }

    int capacity() {
        return pageCount == 1 ? page(0).capacity() : pageCount * PAGE;
    }

    boolean holds(long sequence) {
        return sequence >= base && sequence <= contiguous();
    }

    /** With the constant for each record. */
    long bytes() {
        return size == 0 ? 0 : bytesAppended - bytesBefore(head);
    }

    /** Bytes of the records from this one on, with the constant for each; of all of them, if it is evicted. */
    long bytesFrom(long sequence) {
        long from = Math.max(sequence, base);
        return holds(from) ? bytesAppended - bytesBefore(position(from)) : 0;
    }

    /** Appends a copy of each of them. A record is never older than the one before it, whatever rounding made of the ages. */
    void append(Records records, long bornNanos, long fromGeneration) {
        long notBefore = size == 0 ? bornNanos : Math.max(bornNanos, born(contiguous()));
        for (int done = 0; done < records.size(); ) {
            if (head + size == capacity()) {
                makeRoomBehind();
            }
            int position = head + size;
            LogPage page = page(position);
            int room = Math.min(page.capacity() - place(position), records.size() - done);
            if (memory.isLeftMostlyFreeBy(records.length(done))) {
                trimLast();
            }
            int count = memory.copy(records, done, room);
            bytesAppended =
                    page.fill(place(position), memory, records, done, count, notBefore, fromGeneration, bytesAppended);
            size += count;
            done += count;
        }
    }

    /** Puts a copy of a record before all others: never younger than the one behind it. */
    void prepend(EncodedRecord record, long bornNanos, long fromGeneration) {
        if (head == 0) {
            makeRoomBefore();
        }
        long notAfter = size == 0 ? bornNanos : Math.min(bornNanos, born(base));
        long before = (size == 0 ? bytesAppended : bytesBefore(head)) - cost(record);
        head--;
        LogPage page = page(head);
        int place = place(head);
        page.arrays[place] = record.bytes().toArray();
        page.offsets[place] = 0;
        page.born[place] = notAfter;
        page.source[place] = fromGeneration;
        page.bytesBefore[place] = before;
        base--;
        size++;
    }

    static long cost(EncodedRecord record) {
        return record.length() + (long) OVERHEAD_BYTES;
    }

    long cost(long sequence) {
        return length(sequence) + (long) OVERHEAD_BYTES;
    }

    EncodedRecord get(long sequence) {
        return get(sequence, 1).get(0);
    }

    /** A copy of so many from this one on, with the few bytes that stand before each. */
    Records get(long first, int count) {
        int position = position(first);
        int[] offsets = new int[count];
        int[] lengths = new int[count];
        int bytes = 0;
        for (int i = 0; i < count; i++) {
            lengths[i] = lengthAt(position + i);
            offsets[i] = bytes + before(position + i, i);
            bytes = offsets[i] + lengths[i];
        }
        byte[] copy = new byte[bytes];
        for (int i = 0; i < count; ) {
            int next = i + 1;
            while (next < count && Records.isSame(array(position + next), array(position + i))) {
                next++;
            }
            int begin = offset(position + i) - before(position + i, i);
            int end = offset(position + next - 1) + lengths[next - 1];
            System.arraycopy(array(position + i), begin, copy, offsets[i] - before(position + i, i), end - begin);
            i = next;
        }
        return Records.slices(Bytes.wrap(copy), offsets, lengths, count, count == 1);
    }

    /** How many bytes before a record are copied with it, if it is not the first of what is copied. */
    private int before(int position, int index) {
        if (index == 0) {
            return 0;
        }
        int offset = offset(position);
        boolean isFirst = !Records.isSame(array(position), array(position - 1));
        return isFirst ? Math.min(offset, Bytes.MOST_BESIDE) : offset - offset(position - 1) - lengthAt(position - 1);
    }

    /**
     * How many records from this one on were born no more than so much later, and fit together; one fits always.
     *
     * @param most bytes for all of them
     * @param each what each takes beside its own
     */
    int count(long first, long spreadNanos, int most, int each) {
        long bornLast = born(first) + spreadNanos;
        long bytes = length(first) + (long) each;
        long at = first + 1;
        while (at <= contiguous() && born(at) <= bornLast) {
            bytes += length(at) + (long) each;
            if (bytes > most) {
                break;
            }
            at++;
        }
        return (int) (at - first);
    }

    int length(long sequence) {
        return lengthAt(position(sequence));
    }

    private int lengthAt(int position) {
        boolean isLast = position + 1 == head + size;
        long behind = isLast ? bytesAppended : bytesBefore(position + 1);
        return (int) (behind - bytesBefore(position)) - OVERHEAD_BYTES;
    }

    /** Where a record is; soon used for another. */
    byte[] arrayOf(long sequence) {
        return array(position(sequence));
    }

    private byte[] array(int position) {
        byte[] array = page(position).arrays[place(position)];
        if (array == null) {
            throw new IllegalStateException("no record at " + position);
        }
        return array;
    }

    private int offset(int position) {
        return page(position).offsets[place(position)];
    }

    private long bytesBefore(int position) {
        return page(position).bytesBefore[place(position)];
    }

    long born(long sequence) {
        int position = position(sequence);
        return page(position).born[place(position)];
    }

    /** The generation of the link that first brought the record; 0 if it is our own. */
    long source(long sequence) {
        int position = position(sequence);
        return page(position).source[place(position)];
    }

    void evictOldest() {
        int oldest = position(base);
        byte[] array = array(oldest);
        page(oldest).arrays[place(oldest)] = null;
        head++;
        base++;
        size--;
        if (head == PAGE && pageCount > 1) {
            dropFirstPage();
        }
        if (size == 0) {
            head = 0;
            memory.free(array);
        } else {
            if (!Records.isSame(array, array(head))) {
                memory.free(array);
            }
            if (isWorthTrimming()) {
                trim(head);
            }
            if (memory.wastes(bytes())) {
                trimLast();
            }
        }
        int capacity = capacity();
        if (capacity > IDLE_CAPACITY && size < capacity / 4) {
            repack(Math.min(PAGE, capacity / 2), 0);
        }
    }

    /** A busy stream comes to the end of the array soon anyway, and has much more than that. */
    private boolean isWorthTrimming() {
        byte[] array = array(head);
        int last = head + size - 1;
        int behind = Records.isSame(array, array(last)) ? array.length - offset(last) - lengthAt(last) : 0;
        int unused = offset(head) + behind;
        return unused > LogMemory.LEAST_UNUSED_BYTES
                && unused > array.length / 2
                && unused > bytes() / LEAST_UNUSED_PART;
    }

    private void trimLast() {
        int first = head + size - 1;
        while (first > head && memory.isOpen(array(first - 1))) {
            first--;
        }
        trim(first);
    }

    /** Gives back the array in which this is the first record, by moving what is left in it into another. */
    private void trim(int first) {
        byte[] array = array(first);
        int unused = offset(first);
        int end = first;
        while (end < head + size && Records.isSame(array(end), array)) {
            end++;
        }
        byte[] trimmed = Arrays.copyOfRange(array, unused, offset(end - 1) + lengthAt(end - 1));
        for (int position = first; position < end; position++) {
            page(position).arrays[place(position)] = trimmed;
            page(position).offsets[place(position)] -= unused;
        }
        memory.free(array);
    }

    /** Forgets everything before this number and goes on there. */
    void skipTo(long sequence) {
        while (size > 0 && base < sequence) {
            evictOldest();
        }
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
        return head + (int) (sequence - base);
    }

    private LogPage page(int position) {
        LogPage page = pages[firstPage + position / PAGE & pages.length - 1];
        if (page == null) {
            throw new IllegalStateException("no page for " + position);
        }
        return page;
    }

    private static int place(int position) {
        return position % PAGE;
    }

    private boolean isSmall() {
        return pageCount == 1 && page(0).capacity() < PAGE;
    }

    private void makeRoomBehind() {
        if (isSmall()) {
            repack(roomier(), 0);
        } else {
            reservePage();
            pages[firstPage + pageCount & pages.length - 1] = takePage();
            pageCount++;
        }
    }

    private void makeRoomBefore() {
        if (isSmall()) {
            int capacity = roomier();
            repack(capacity, capacity - size);
        } else {
            reservePage();
            firstPage--;
            pages[firstPage & pages.length - 1] = takePage();
            pageCount++;
            head = PAGE;
        }
    }

    /** Of a page that is full on one side. */
    private int roomier() {
        int capacity = page(0).capacity();
        return size > capacity / 2 ? 2 * capacity : capacity;
    }

    /** Moves all of a short log into one page. */
    private void repack(int capacity, int to) {
        LogPage page = new LogPage(capacity);
        for (int i = 0; i < size; i++) {
            page.copy(page(head + i), place(head + i), to + i);
        }
        pages = new LogPage[] {page};
        spare = null;
        firstPage = 0;
        pageCount = 1;
        head = to;
    }

    private LogPage takePage() {
        LogPage page = spare == null ? new LogPage(PAGE) : spare;
        spare = null;
        return page;
    }

    private void reservePage() {
        if (pageCount == pages.length) {
            @Nullable LogPage[] more = new LogPage[2 * pageCount];
            for (int i = 0; i < pageCount; i++) {
                more[i] = pages[firstPage + i & pages.length - 1];
            }
            pages = more;
            firstPage = 0;
        }
    }

    private void dropFirstPage() {
        spare = page(0);
        pages[firstPage & pages.length - 1] = null;
        firstPage++;
        pageCount--;
        head = 0;
    }
}
