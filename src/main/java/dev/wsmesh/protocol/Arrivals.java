package dev.wsmesh.protocol;

import dev.wsmesh.protocol.Message.Batch;
import dev.wsmesh.protocol.StreamLink.Asking;
import dev.wsmesh.protocol.StreamLink.Wish;

/** The receiving end: keeps what is new, in order, and finds the links that bring nothing new. */
final class Arrivals {
    /**
     * So many Batches in a row that another link had brought before: this link is not part of the tree. Of a link that we did
     * not ask, and which pushes because the stream was new, one is enough, as in Plumtree.
     */
    private static final int DUPLICATES_BEFORE_PRUNE = 3;

    private final Context context;
    private final Links links;
    private final Log log;
    private final ReorderWindow window;

    Arrivals(Context context, Links links, Log log, ReorderWindow window) {
        this.context = context;
        this.links = links;
        this.log = log;
        this.window = window;
    }

    /**
     * The neighbour brings a stream of which nothing has come yet, and has not said that it lacks anything: it has chosen where we
     * start. Also if it was asked meanwhile for the very beginning: what answers that begins there, or with a Miss.
     */
    boolean isChosenForUs(StreamLink from) {
        return from.asking != Asking.PRUNED && !from.lacksOurs && from.stream.isUntouched();
    }

    /** Takes what is new of a started stream; whether the stream advanced. */
    boolean take(StreamLink from, Batch batch) {
        Stream stream = from.stream;
        noteArrival(from, batch);
        long before = stream.log.contiguous();
        boolean news = keep(from, batch);
        countDuplicates(from, batch, news);
        boolean advanced = stream.log.contiguous() > before;
        // What was on its way on a link that we have pruned does not make it part of the tree again.
        if (advanced && from.asking != Asking.PRUNED) {
            stream.parent = from;
        }
        return advanced;
    }

    /** What waited for the records that have come, or that were given up. */
    void takeWaiting(Stream stream) {
        if (stream.window.isEmpty()) {
            return;
        }
        window.dropBelow(stream, stream.next());
        while (window.holds(stream, stream.next())) {
            Stream.Waiting waiting = window.take(stream, stream.next());
            log.append(stream, Records.of(waiting.record()), waiting.bornNanos(), waiting.fromGeneration());
        }
    }

    private void noteArrival(StreamLink from, Batch batch) {
        Stream stream = from.stream;
        stream.arrivedAt = context.now;
        from.broughtAt = context.now;
        from.returning = false;
        if (batch.last() >= from.arriving) {
            from.movedAt = context.now;
        }
        stream.noteKnown(batch.last(), context.now);
        from.heard = true;
        from.theirs = Math.max(from.theirs, batch.last());
        if (from.asking == Asking.UNSAID) {
            from.asking = Asking.ASKED;
        }
        if (from.wish != Wish.GRAFT) {
            from.arriving = batch.last() + 1;
        }
    }

    /** Keeps what is new; whether anything was. */
    private boolean keep(StreamLink from, Batch batch) {
        Stream stream = from.stream;
        long born = context.now - batch.ageMillis() * 1_000_000;
        long generation = from.link.id.generation();
        Records records = batch.records();
        if (stream.window.isEmpty() && batch.first() == stream.next()) {
            log.append(stream, records, born, generation);
            return true;
        }
        boolean news = false;
        for (int i = 0; i < records.size(); i++) {
            long sequence = batch.first() + i;
            EncodedRecord record = records.get(i);
            if (sequence < stream.next()) {
                context.count(Counter.RECORDS_DUPLICATE);
            } else if (sequence == stream.next()) {
                log.append(stream, Records.of(record), born, generation);
                takeWaiting(stream);
                news = true;
            } else {
                news |= window.offer(stream, sequence, new Stream.Waiting(record.detached(), born, generation));
            }
        }
        return news;
    }

    private void countDuplicates(StreamLink from, Batch batch, boolean news) {
        StreamLog held = from.stream.log;
        if (news) {
            from.duplicateBatches = 0;
        } else if (held.holds(batch.last()) && held.source(batch.last()) != from.link.id.generation()) {
            from.duplicateBatches++;
        }
        StreamLink parent = from.stream.parent;
        int enough = from.grafted ? DUPLICATES_BEFORE_PRUNE : 1;
        if (from.duplicateBatches >= enough && !from.equals(parent) && from.asking == Asking.ASKED) {
            from.duplicateBatches = 0;
            if (from.leadsToOrigin()) {
                // Nothing is nearer, and it holds its publishers back for us only while it pushes to us.
                from.stream.parent = from;
                if (parent != null) {
                    prune(parent);
                }
            } else {
                prune(from);
            }
        }
    }

    private void prune(StreamLink each) {
        each.asking = Asking.PRUNED;
        each.wish = Wish.PRUNE;
        links.flag(each);
    }
}
