package dev.wsmesh.cli;

import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Follows a subscription over as many connections as it takes. Each goes on behind the last event of the one before; if there was
 * none, at everything that is not older than the subscription.
 */
final class Following {

    /** The first pause, and the longest: what a person at a terminal is willing to wait for. A guess. */
    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

    /** Nodes are not asked for more, and retain nothing for so long. */
    private static final Duration LONGEST_SINCE = Duration.ofDays(1);

    private final Gateway gateway;
    private final String pattern;
    private final Start start;
    private final Surroundings surroundings;
    private final long beganNanos = System.nanoTime();
    private @Nullable String lastId;
    private boolean connectedBefore;
    private boolean gapSeen;
    private long shown;
    private Duration pause = SHORTEST_PAUSE;

    /** Where to begin; all of them null means now. */
    record Start(
            @Nullable Duration since,
            @Nullable Integer history,
            @Nullable String resume) {}

    /** When to end, whichever comes first; both null means never. */
    record End(@Nullable Long count, @Nullable Duration period) {}

    Following(Gateway gateway, String pattern, Start start, Surroundings surroundings) {
        this.gateway = gateway;
        this.pattern = pattern;
        this.start = start;
        this.surroundings = surroundings;
        this.lastId = start.resume();
    }

    /**
     * Follows to the end.
     *
     * @param shape the line for an event; null for none
     * @return the exit code
     */
    int run(End end, Function<Event, @Nullable String> shape) throws CommandFailure, InterruptedException {
        while (true) {
            try (EventSource source = connect(end)) {
                if (source == null) {
                    return exitCode(end);
                }
                String ended = show(source, end, shape);
                if (ended == null) {
                    return exitCode(end);
                }
                pause = bounded(source.retryAfter(SHORTEST_PAUSE));
                surroundings.remark("the stream of " + gateway + " ended (" + ended + "); connecting again in "
                        + Spans.about(pause) + (lastId == null ? "" : ", to go on after the last message"));
            }
            if (!sleep(end)) {
                return exitCode(end);
            }
        }
    }

    /** A connection; null if the time is over. The first attempt is the only one whose failure is the command's. */
    private @Nullable EventSource connect(End end) throws CommandFailure, InterruptedException {
        while (true) {
            try {
                EventSource source = new EventSource(gateway.events(path(), lastId));
                if (connectedBefore) {
                    surroundings.remark("connected again with " + gateway);
                }
                connectedBefore = true;
                return source;
            } catch (CommandFailure e) {
                if (!connectedBefore || e.exitCode() == ExitCodes.REFUSED || e.exitCode() == ExitCodes.FAILED) {
                    throw e;
                }
                pause = bounded(pause.multipliedBy(2));
                surroundings.remark(e.getMessage() + "; trying again in " + Spans.about(pause));
                if (!sleep(end)) {
                    return null;
                }
            }
        }
    }

    /** Shows what comes, until the connection ends: why; null if there is nothing more to show. */
    private @Nullable String show(EventSource source, End end, Function<Event, @Nullable String> shape)
            throws InterruptedException {
        while (true) {
            Duration left = left(end);
            if (left.isZero() || surroundings.out().checkError()) {
                return null;
            }
            switch (source.next(left)) {
                case null -> {
                    continue;
                }
                case EventSource.Ended ended -> {
                    return ended.why();
                }
                case EventSource.Came came -> show(came.event(), shape);
            }
            Long count = end.count();
            if (count != null && shown >= count) {
                return null;
            }
        }
    }

    private void show(Event event, Function<Event, @Nullable String> shape) {
        lastId = event.id() == null ? lastId : event.id();
        if (!event.isGap() && !event.isMessage()) {
            // Only a place to go on from.
            return;
        }
        if (event.isGap()) {
            gapSeen = true;
            surroundings.remark(MessageText.gap(event));
        } else {
            shown++;
        }
        String line = shape.apply(event);
        if (line != null) {
            surroundings.out().println(line);
            surroundings.out().flush();
        }
    }

    private String path() {
        String path = Gateway.topic(pattern);
        if (lastId != null) {
            return path;
        }
        if (connectedBefore) {
            Duration before = start.since() == null ? Duration.ZERO : start.since();
            Duration all = before.plusNanos(System.nanoTime() - beganNanos);
            return path + "?since=" + Spans.written(all.compareTo(LONGEST_SINCE) > 0 ? LONGEST_SINCE : all);
        }
        if (start.since() != null) {
            return path + "?since=" + Spans.written(start.since());
        }
        return start.history() == null ? path : path + "?history=" + start.history();
    }

    private int exitCode(End end) {
        Long count = end.count();
        if (count != null && shown < count && !surroundings.out().checkError()) {
            return ExitCodes.TIME_OVER;
        }
        return gapSeen ? ExitCodes.GAP : ExitCodes.DONE;
    }

    /** Whether there is time left after the pause. */
    private boolean sleep(End end) throws InterruptedException {
        Duration left = left(end);
        Thread.sleep(left.compareTo(pause) < 0 ? left : pause);
        return !left(end).isZero();
    }

    private Duration left(End end) {
        Duration period = end.period();
        if (period == null) {
            return LONGEST_PAUSE;
        }
        Duration left = period.minusNanos(System.nanoTime() - beganNanos);
        return left.isNegative() ? Duration.ZERO : left;
    }

    private static Duration bounded(Duration wanted) {
        return wanted.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : wanted;
    }
}
