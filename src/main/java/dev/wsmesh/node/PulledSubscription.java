package dev.wsmesh.node;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A subscription without a thread: whoever made it takes what there is, one thread at a time, at its own pace. */
public interface PulledSubscription extends Subscription {

    /**
     * The next delivery. The first of all is a {@link Mark}.
     *
     * @return null if there is none within this time, or there will be none any more
     */
    @Nullable
    Delivery poll(Duration timeout) throws InterruptedException;

    /** Whether nothing follows: it is closed, or it has overflowed ({@link Overflow#CLOSE}) and everything before was taken. */
    boolean isOver();

    /** How long ago it began to listen, where it was resumed: the first time; {@link SubscribeOptions#EVERYTHING} if unknown. */
    Duration age();
}
