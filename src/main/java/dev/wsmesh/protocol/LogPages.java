package dev.wsmesh.protocol;

import org.jspecify.annotations.Nullable;

/**
 * The places of one {@link StreamLog}, in pages. A log with few records has one small page, which doubles when full and halves when
 * less than a quarter is used; longer ones get a page more now and then, so that nothing is moved that grows with what is retained.
 */
final class LogPages {
    /** Of a full page: 11 KiB. A guess; a power of two. */
    static final int PAGE = 256;

    private static final int FIRST_CAPACITY = 4;
    private static final int IDLE_CAPACITY = 16;

    /** A ring, of a power of two. Where there are several pages, all of them are full ones. */
    private @Nullable LogPage[] pages = {new LogPage(FIRST_CAPACITY)};

    private final SpareMemory spare;
    private int firstPage;
    private int pageCount = 1;
    /** The position of the first record. */
    private int head;

    private int size;

    LogPages(SpareMemory spare) {
        this.spare = spare;
    }

    /** How many records there are. */
    int size() {
        return size;
    }

    int capacity() {
        return pageCount == 1 ? page(0).capacity() : pageCount * PAGE;
    }

    /** Of the first record; those behind it follow. */
    int first() {
        return head;
    }

    /** Behind the last record. */
    int end() {
        return head + size;
    }

    LogPage page(int position) {
        LogPage page = pages[firstPage + position / PAGE & pages.length - 1];
        if (page == null) {
            throw new IllegalStateException("no page for " + position);
        }
        return page;
    }

    /** Within its page. */
    static int place(int position) {
        return position % PAGE;
    }

    /** Makes room for one record at least behind the last; returns for how many there is some in one page, from {@link #end} on. */
    int roomBehind() {
        if (end() == capacity()) {
            makeRoomBehind();
        }
        return page(end()).capacity() - place(end());
    }

    /** So many were put behind the last. */
    void added(int count) {
        size += count;
    }

    /** Makes room for a record before the first, which is the first from now on. */
    void addFirst() {
        if (head == 0) {
            makeRoomBefore();
        }
        head--;
        size++;
    }

    /** The first record is gone; returns the array it was in. */
    byte[] removeFirst() {
        int place = place(head);
        LogPage page = page(head);
        byte[] array = page.array(place);
        page.arrays[place] = null;
        page.heads[place] = null;
        head++;
        size--;
        if (head == PAGE && pageCount > 1) {
            dropFirstPage();
        }
        if (size == 0) {
            head = 0;
        }
        return array;
    }

    /** Gives back what few records do not need. */
    void shrink() {
        int present = capacity();
        int enough = present;
        while (enough > IDLE_CAPACITY && size < enough / 4) {
            enough = Math.min(PAGE, enough / 2);
        }
        if (enough < present) {
            repack(enough, 0);
        }
    }

    private boolean isSmall() {
        return pageCount == 1 && page(0).capacity() < PAGE;
    }

    private void makeRoomBehind() {
        if (isSmall()) {
            repack(roomier(), 0);
        } else {
            reservePage();
            pages[firstPage + pageCount & pages.length - 1] = spare.takePage();
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
            pages[firstPage & pages.length - 1] = spare.takePage();
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
        firstPage = 0;
        pageCount = 1;
        head = to;
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
        spare.givePage(page(0));
        pages[firstPage & pages.length - 1] = null;
        firstPage++;
        pageCount--;
        head = 0;
    }
}
