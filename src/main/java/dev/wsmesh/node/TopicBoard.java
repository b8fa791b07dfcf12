package dev.wsmesh.node;

import dev.wsmesh.protocol.Topic;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The topics that were heard lately: as many as there is room for, the longest silent are forgotten first. */
final class TopicBoard {

    /** A guess: at most about 1 MB with the longest names. */
    static final int MOST_TOPICS = 2_048;

    private final LongSupplier nanoTime;
    /** By the order of the last message; guarded by the monitor. */
    private final Map<Topic, Heard> heard = new LinkedHashMap<>(16, 0.75f, true);

    /** The last one: nearly always the next one, too, and then nothing is looked up. */
    private @Nullable Topic last;

    private @Nullable Heard lastHeard;

    /** Of one topic; guarded by the board's monitor. */
    private static final class Heard {
        private long messages;
        private long lastNanos;
    }

    TopicBoard(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** So many messages have come about it, one after another, at this time or a moment later. */
    synchronized void note(Topic topic, int messages, long now) {
        Heard known = topic.equals(last) ? lastHeard : heard.get(topic);
        if (known == null) {
            known = new Heard();
            heard.put(topic, known);
            if (heard.size() > MOST_TOPICS) {
                heard.remove(heard.keySet().iterator().next());
            }
        }
        last = topic;
        lastHeard = known;
        known.messages += messages;
        known.lastNanos = now;
    }

    synchronized List<TopicView> topics() {
        long now = nanoTime.getAsLong();
        return heard.entrySet().stream()
                .map(each -> new TopicView(
                        each.getKey(), each.getValue().messages, Duration.ofNanos(now - each.getValue().lastNanos)))
                .sorted(Comparator.comparing(TopicView::topic))
                .toList();
    }
}
