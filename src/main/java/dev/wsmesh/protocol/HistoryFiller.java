package dev.wsmesh.protocol;

import java.util.List;

/** Answers a {@link Message.Backfill} with what room a frame has left: the past, newest first. */
final class HistoryFiller {
    private final Context context;

    HistoryFiller(Context context) {
        this.context = context;
    }

    /** Whether it has waited for so long that the next frame has to be its own. */
    boolean isOverdue(Link link) {
        return link.historyDue != null && link.historyPutOff >= FrameFiller.MOST_PUT_OFF;
    }

    /** Adds what fits; the rest of the answer, if what comes next is too large for this frame, waits for the next one. */
    void fill(Link link, List<Message> payload, int room, boolean empty) {
        Message.Backfill wanted = link.historyDue;
        if (wanted == null) {
            return;
        }
        if (room <= 0) {
            link.historyPutOff++;
            return;
        }
        link.historyDue = null;
        int others = payload.size();
        StreamLink stream = link.stream(wanted.stream());
        int left = Math.min(room, context.settings.broadcasting().sending().quantumBytes());
        long before = wanted.before();
        while (stream != null && left > 0 && isOffered(stream, before - 1)) {
            int size = FrameFiller.batchBytes(stream, before - 1);
            boolean first = payload.size() == others;
            boolean fits = size <= (first ? room : left) || (empty && payload.isEmpty());
            if (!fits) {
                link.historyDue = first ? wanted : null;
                break;
            }
            Message.History history = render(stream, before - 1, left);
            payload.add(history);
            before = history.first();
            left -= bytes(history);
        }
        if (link.historyDue != null) {
            link.historyPutOff++;
        } else {
            link.historyPutOff = 0;
            payload.add(Message.History.end(wanted.stream(), before));
        }
    }

    private static boolean isOffered(StreamLink stream, long sequence) {
        StreamLog log = stream.stream.log;
        return log.holds(sequence) && log.length(sequence) <= stream.link.recordBytes();
    }

    private static int bytes(Message.History history) {
        Records records = history.records();
        return FrameFiller.CONTROL_BYTES
                + (int) records.sentBytes()
                + records.size() * FrameFiller.RECORD_FRAMING_BYTES;
    }

    /** Records of about one age that end with this one. */
    private Message.History render(StreamLink stream, long last, int room) {
        StreamLog log = stream.stream.log;
        long spread = context.settings.broadcasting().sending().batchSpread().toNanos();
        int bytes = FrameFiller.batchBytes(stream, last);
        long first = last;
        while (isOffered(stream, first - 1) && log.born(last) - log.born(first - 1) <= spread) {
            bytes += log.lengthBefore(first) + FrameFiller.RECORD_FRAMING_BYTES;
            if (bytes > room) {
                break;
            }
            first--;
        }
        Records records = log.get(first, (int) (last - first + 1));
        long ageMillis = Math.max(0, context.now - log.born(first)) / 1_000_000;
        return new Message.History(stream.stream.id, first, ageMillis, records);
    }
}
