package dev.wsmesh.protocol;

import dev.wsmesh.protocol.Alarms.Alarm;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Fetches what was published before a newcomer listened, so that it can serve others; nothing of it is delivered. It goes
 * backwards from where the newcomer's own log begins, one request and a quantum at a time, and only until the log is half
 * full or the records are as old as the retention.
 *
 * <p>While a stream is being backfilled, who asks for its past is told "not yet"; if the past never comes, Miss.
 */
final class Backfill {
    /** Of the log's bound; the rest is for what comes. A guess. */
    private static final int MOST_OF_LOG_PERCENT = 50;

    /** So often an answer may fail to come before the stream's past is given up. A guess. */
    private static final int MOST_SILENCES = 5;

    private final Context context;
    private final Links links;
    private final Log log;
    private final Consumer<Stream> onFinished;
    private final Set<Stream> wanted = new LinkedHashSet<>();
    /** Who was asked for more; null while nobody is. */
    private @Nullable StreamLink asked;

    private long askedBefore;
    private int silences;

    Backfill(Context context, Links links, Log log, Consumer<Stream> onFinished) {
        this.context = context;
        this.links = links;
        this.log = log;
        this.onFinished = onFinished;
    }

    /** The stream has just started where we began to listen, not where it begins. */
    void want(Stream stream) {
        if (stream.log.base() > 1) {
            stream.backfilling = true;
            wanted.add(stream);
            if (asked == null) {
                context.alarms.setNoLaterThan(Alarm.BACKFILL, context.now);
            }
        }
    }

    void onAlarm() {
        StreamLink silent = asked;
        asked = null;
        if (silent != null) {
            silent.silentAboutPast = true;
            if (++silences >= MOST_SILENCES) {
                finish(silent.stream);
            }
        }
        askNext();
    }

    void onLinkGone(Link link) {
        if (asked != null && asked.link.equals(link)) {
            asked = null;
            askNext();
        }
    }

    /** Who was told "not yet" gets what there is. */
    void stop() {
        asked = null;
        List.copyOf(wanted).forEach(this::finish);
    }

    void forget(Stream stream) {
        finish(stream);
    }

    /** A neighbour wants what we hold before this number. */
    void onWanted(Link link, Message.Backfill request) {
        if (!link.isReady() || context.leaving) {
            context.count(Counter.IGNORED_MESSAGES);
            return;
        }
        link.historyDue = request;
        links.touch(link);
    }

    void onHistory(Link link, Message.History history) {
        StreamLink from = asked;
        if (from == null || !from.link.equals(link) || !from.stream.id.equals(history.stream())) {
            context.count(Counter.IGNORED_MESSAGES);
            return;
        }
        Stream stream = from.stream;
        if (history.last() != stream.log.base() - 1) {
            context.count(Counter.IGNORED_MESSAGES);
            return;
        }
        silences = 0;
        if (history.records().isEmpty()) {
            onAnswered(from);
        } else {
            long born = context.now - history.ageMillis() * 1_000_000;
            log.prepend(stream, history.records(), born, link.id.generation());
            context.count(Counter.RECORDS_BACKFILLED, history.records().size());
            oweWaiting(stream);
        }
    }

    /** Who had nothing to give of it is not asked for that again: another may have. */
    private void onAnswered(StreamLink from) {
        asked = null;
        if (from.stream.log.base() == askedBefore) {
            from.hasNothingBefore = askedBefore;
        }
        askNext();
    }

    private void askNext() {
        for (Stream stream : List.copyOf(wanted)) {
            if (asked != null) {
                return;
            }
            StreamLink source = isEnough(stream) ? null : source(stream);
            if (source == null) {
                finish(stream);
            } else {
                asked = source;
                askedBefore = stream.log.base();
                links.say(source.link, new Message.Backfill(stream.id, stream.log.base()));
                context.alarms.set(
                        Alarm.BACKFILL,
                        context.in(context.settings.broadcasting().repairing().graftBackoffLimit()));
            }
        }
    }

    private boolean isEnough(Stream stream) {
        Settings.Memory memory = context.settings.broadcasting().memory();
        StreamLog held = stream.log;
        long oldest = context.now - memory.retention().toNanos();
        return held.base() <= 1
                || log.bytes() >= memory.logBytes() / 100 * MOST_OF_LOG_PERCENT
                || (held.size() > 0 && held.born(held.base()) <= oldest);
    }

    private static @Nullable StreamLink source(Stream stream) {
        long before = stream.log.base();
        StreamLink best = null;
        for (StreamLink each : stream.links) {
            boolean holds = each.heard && each.theirsBase < before && each.theirs >= before - 1;
            if (holds
                    && each.hasNothingBefore != before
                    && each.link.canBeAsked()
                    && (best == null || isBetter(each, best))) {
                best = each;
            }
        }
        return best;
    }

    /** Who answers is better; then, who reaches further back. */
    private static boolean isBetter(StreamLink one, StreamLink other) {
        return one.silentAboutPast != other.silentAboutPast ? other.silentAboutPast : one.theirsBase < other.theirsBase;
    }

    private void finish(Stream stream) {
        if (!wanted.remove(stream)) {
            return;
        }
        silences = 0;
        stream.backfilling = false;
        oweWaiting(stream);
        onFinished.accept(stream);
    }

    /** Who was told "not yet" gets it now, or a Miss. */
    private void oweWaiting(Stream stream) {
        for (StreamLink each : stream.links) {
            links.owe(each);
        }
    }
}
