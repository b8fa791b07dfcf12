package dev.wsmesh.node;

import java.util.ArrayDeque;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Brings a subscription its past, portion by portion, before the present. Of the thread that takes, once it takes. */
final class PastReader {

    /** What was read and is to be delivered next. */
    private final ArrayDeque<Supplier<Delivery>> read = new ArrayDeque<>();

    private final Function<Replay.Item, Message> decoder;

    /** Null once the past is over. */
    private @Nullable Supplier<Replay.Portion> core;

    PastReader(Function<Replay.Item, Message> decoder) {
        this.decoder = decoder;
    }

    /**
     * Before anything is taken.
     *
     * @param marked whether the mark comes first
     * @param reader reads the next portion
     */
    void begin(Past past, boolean marked, Supplier<Replay.Portion> reader) {
        if (marked) {
            read.add(past::mark);
        }
        past.items().forEach(this::add);
        core = past.replay() == null ? null : reader;
    }

    /** The next of the past; null once it is over, or not wanted any more. */
    @Nullable
    Delivery next(BooleanSupplier isWanted) {
        while (isWanted.getAsBoolean()) {
            Supplier<Delivery> next = read.poll();
            if (next != null) {
                return next.get();
            }
            if (core == null) {
                return null;
            }
            add(core.get());
        }
        return null;
    }

    /** There is no more. */
    boolean isOver() {
        return core == null && read.isEmpty();
    }

    /** There shall be no more. */
    void giveUp() {
        read.clear();
        core = null;
    }

    private void add(Replay.Portion portion) {
        portion.gaps().forEach(gap -> read.add(() -> gap));
        portion.items().forEach(this::add);
        if (portion.caughtUp()) {
            core = null;
        }
    }

    private void add(Replay.Item item) {
        read.add(() -> decoder.apply(item));
    }
}
