package dev.wsmesh.websocket;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Lets one line about each subject through in each pause. Remembers a bounded number of subjects. Thread-safe. */
final class LogLimiter {

    private static final int SUBJECTS = 256;

    private final long pauseNanos;
    /** When the next line about a subject is due; the eldest is forgotten. Guarded by this object's monitor. */
    private final Map<String, Long> due = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > SUBJECTS;
        }
    };

    LogLimiter(Duration pause) {
        this.pauseNanos = pause.toNanos();
    }

    /** Whether a line about this may be written now; true for one caller only, then not again before the pause is over. */
    synchronized boolean isDue(String subject) {
        long now = System.nanoTime();
        Long notBefore = due.get(subject);
        if (notBefore != null && now - notBefore < 0) {
            return false;
        }
        due.remove(subject);
        due.put(subject, now + pauseNanos);
        return true;
    }
}
