package dev.wsmesh.websocket;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Lets one line about each thing through in each pause, and a few about everything that one party does: what it does may be told
 * in words of its own, and a stranger must not fill the log with them. Remembers a bounded number of subjects. Thread-safe.
 */
final class LogLimiter {

    /** How many different things one party is told of in one pause. A guess. */
    static final int LINES_EACH = 8;

    private static final int SUBJECTS = 1_024;

    private final long pauseNanos;
    /** What was written of a party, or of one thing that it did; the eldest is forgotten. Guarded by this object's monitor. */
    private final Map<Subject, Spent> spent = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Subject, Spent> eldest) {
            return size() > SUBJECTS;
        }
    };

    private record Subject(String who, String what) {}

    /** So many lines were written since a pause began that ends then. */
    private record Spent(int lines, long untilNanos) {}

    LogLimiter(Duration pause) {
        this.pauseNanos = pause.toNanos();
    }

    /**
     * Whether a line about what somebody did may be written now; true for one caller only, then not again before the pause is over.
     */
    synchronized boolean isDue(String who, String what) {
        long now = System.nanoTime();
        Subject party = new Subject(who, "");
        Subject subject = new Subject(who, what);
        if (lines(party, now) >= LINES_EACH || lines(subject, now) > 0) {
            return false;
        }
        spend(party, now);
        if (!what.isEmpty()) {
            spend(subject, now);
        }
        return true;
    }

    private int lines(Subject subject, long now) {
        Spent before = spent.get(subject);
        return before == null || now - before.untilNanos >= 0 ? 0 : before.lines;
    }

    private void spend(Subject subject, long now) {
        int before = lines(subject, now);
        Spent old = spent.remove(subject);
        long until = before == 0 || old == null ? now + pauseNanos : old.untilNanos;
        spent.put(subject, new Spent(before + 1, until));
    }
}
