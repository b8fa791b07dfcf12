package dev.wsmesh.node;

import dev.wsmesh.protocol.Protocol;
import dev.wsmesh.protocol.Retained;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a subscription gets before the present.
 *
 * @param replay what is read from the core, portion by portion; null for nothing
 * @param items or the last arrivals
 * @param mark where it begins
 * @param age how long ago it began
 * @param reach nothing that was born before is wanted, by the core's clock; {@link Long#MIN_VALUE} for all
 */
record Past(@Nullable Replay replay, List<Replay.Item> items, Mark mark, Duration age, long reach) {

    /** To be called in one step with subscribing: what is not in the past is in the future. */
    static Past of(
            SubscribeOptions options, Protocol core, long now, RecentArrivals arrivals, long mostBytes, Asked asked) {
        Resume resume = options.resume();
        if (resume != null) {
            Replay replay = Replay.after(core, resume, asked);
            long began = replay.beganAt();
            Duration age = began == Long.MIN_VALUE ? SubscribeOptions.EVERYTHING : Duration.ofNanos(now - began);
            return new Past(replay, List.of(), new Mark(null, Map.of()), age, Long.MIN_VALUE);
        }
        if (!options.replay().isZero()) {
            Landmark landmark = landmark(core, now);
            Mark mark = new Mark(landmark == null ? null : landmark.earlierBy(options.replay()), Map.of());
            long reach = now - Driver.nanos(options.replay());
            return new Past(Replay.since(core, reach, asked), List.of(), mark, options.replay(), reach);
        }
        List<Replay.Item> items =
                options.history() == 0 ? List.of() : arrivals.last(core, options.history(), mostBytes, asked);
        Mark mark = new Mark(landmark(core, now), notWanted(core, now, items));
        return new Past(null, items, mark, Duration.ZERO, now);
    }

    /** Up to where every stream has come. */
    static Mark mark(Protocol core, long now) {
        Map<StreamTag, Long> positions = new HashMap<>();
        for (Retained retained : core.retained()) {
            positions.put(StreamTag.of(retained.id()), retained.settled());
        }
        return new Mark(landmark(core, now), positions);
    }

    /** The youngest record: no other will be held for longer. */
    private static @Nullable Landmark landmark(Protocol core, long now) {
        Retained youngest = null;
        for (Retained retained : core.retained()) {
            if (isHeld(retained)
                    && (youngest == null || retained.born(retained.last()) > youngest.born(youngest.last()))) {
                youngest = retained;
            }
        }
        return youngest == null
                ? null
                : new Landmark(
                        StreamTag.of(youngest.id()),
                        youngest.last(),
                        Duration.ofNanos(now - youngest.born(youngest.last())));
    }

    /** What ages cannot tell from what is wanted, because it came only just before; and all before the given items. */
    private static Map<StreamTag, Long> notWanted(Protocol core, long now, List<Replay.Item> items) {
        Map<StreamTag, Long> positions = new HashMap<>();
        for (Retained retained : core.retained()) {
            if (isHeld(retained) && retained.born(retained.last()) >= now - 2 * Replay.SLACK_NANOS) {
                positions.put(StreamTag.of(retained.id()), retained.settled());
            }
        }
        for (Replay.Item item : items.reversed()) {
            positions.put(StreamTag.of(item.stream()), item.sequence() - 1);
        }
        return positions;
    }

    private static boolean isHeld(Retained retained) {
        return retained.last() >= retained.first();
    }
}
