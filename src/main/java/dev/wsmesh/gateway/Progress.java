package dev.wsmesh.gateway;

import dev.wsmesh.node.Delivery;
import dev.wsmesh.node.Gap;
import dev.wsmesh.node.Landmark;
import dev.wsmesh.node.Mark;
import dev.wsmesh.node.Message;
import dev.wsmesh.node.PulledSubscription;
import dev.wsmesh.node.Resume;
import dev.wsmesh.node.StreamTag;
import dev.wsmesh.protocol.StreamId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * What one client was given, from which its tokens are made. Lists the streams that delivered to it within twice the retention
 * age: of any other, whatever a node still holds is new to the client if it is younger than its subscription. For one thread.
 */
public final class Progress {

    private final long keepNanos;
    /** Those that delivered last are last. */
    private final SequencedMap<StreamTag, Position> positions = new LinkedHashMap<>(16, 0.75f, true);

    private final long beganAt;
    private boolean complete;
    private boolean begun;
    private @Nullable Landmark landmark;
    /** How old the subscription was at the landmark. */
    private Duration age;

    private static final class Position {
        private long last;
        private long deliveredAt;

        private Position(long last, long deliveredAt) {
            this.last = last;
            this.deliveredAt = deliveredAt;
        }
    }

    /**
     * The progress of a subscription of which nothing was taken yet.
     *
     * @param resume what it goes on from; null if it is a new one
     * @param retention how long messages are kept
     */
    public Progress(PulledSubscription subscription, @Nullable Resume resume, Duration retention) {
        long now = System.nanoTime();
        this.keepNanos = retention.toNanos() * 2;
        this.beganAt = now - subscription.age().toNanos();
        this.age = Duration.ZERO;
        this.complete = true;
        if (resume != null) {
            resume.positions().forEach((tag, last) -> positions.put(tag, new Position(last, now)));
            // What the places say that were not listed is true again once the past is over: then comes a mark.
            this.landmark = resume.landmark();
            this.age = resume.age();
            this.complete = resume.complete();
        }
    }

    /** The client has been given this. */
    public void took(Delivery delivery) {
        switch (delivery) {
            case Message message ->
                took(message.position().stream(), message.position().sequence());
            case Gap gap -> took(gap.stream(), gap.to());
            case Mark mark -> took(mark);
        }
    }

    /** A token with which the client can go on behind what it was given. */
    public String token() {
        return ResumeToken.encode(latestFirst(), landmark, age, complete);
    }

    private void took(StreamId stream, long last) {
        StreamTag tag = StreamTag.of(stream);
        Position position = positions.get(tag);
        long now = System.nanoTime();
        if (position == null) {
            positions.put(tag, new Position(last, now));
        } else {
            position.last = Math.max(position.last, last);
            position.deliveredAt = now;
        }
    }

    private void took(Mark mark) {
        long now = System.nanoTime();
        Landmark fresh = mark.landmark();
        if (begun) {
            // Everything before it has been given; so whatever was not listed in the client's token is settled, too.
            complete = true;
            positions.values().removeIf(position -> now - position.deliveredAt > keepNanos);
            for (Entry<StreamTag, Position> each : positions.entrySet()) {
                Long settled = mark.positions().get(each.getKey());
                if (settled != null) {
                    each.getValue().last = Math.max(each.getValue().last, settled);
                }
            }
        } else {
            mark.positions().forEach((tag, last) -> positions.put(tag, new Position(last, now)));
        }
        if (fresh != null) {
            landmark = fresh;
            age = begun ? Duration.ofNanos(now - beganAt) : Duration.ZERO;
        }
        begun = true;
    }

    private List<Entry<StreamTag, Long>> latestFirst() {
        List<Entry<StreamTag, Long>> listed = new ArrayList<>(positions.size());
        positions
                .sequencedEntrySet()
                .reversed()
                .forEach(each -> listed.add(Map.entry(each.getKey(), each.getValue().last)));
        return listed;
    }
}
