package dev.wsmesh.gateway.listener;

import dev.wsmesh.node.Gap;
import dev.wsmesh.node.Mesh;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.Message;
import dev.wsmesh.node.MessageListener;
import dev.wsmesh.node.Subscription;
import dev.wsmesh.protocol.NodeId;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One subscription, and the methods that it calls: one for messages at most, and those for its gaps. Thread-safe. */
final class ListenerSubscription implements MessageListener {

    private static final Logger log = LoggerFactory.getLogger(ListenerSubscription.class);

    private final @Nullable ListenerMethod messages;
    private final List<ListenerMethod> gaps;
    private final MeshListenerErrorHandler errors;
    private final MeshCounters counters;
    private final ListenerMethod first;
    private final Lanes lanes;
    private final Subscription subscription;

    /** Subscribes. The methods are called once it is opened. */
    ListenerSubscription(
            Mesh mesh,
            @Nullable ListenerMethod messages,
            List<ListenerMethod> gaps,
            MeshListenerErrorHandler errors,
            MeshCounters counters) {
        this.messages = messages;
        this.gaps = List.copyOf(gaps);
        this.errors = errors;
        this.counters = counters;
        this.first = messages == null ? gaps.getFirst() : messages;
        this.lanes = new Lanes(first.settings().concurrency());
        this.subscription = mesh.subscribe(first.settings().options(), this);
    }

    void open() {
        lanes.open();
    }

    /** No further call begins. Returns whether the present ones have ended in time. */
    boolean pause(Duration timeout) throws InterruptedException {
        return lanes.pause(timeout);
    }

    void close() {
        subscription.close();
        lanes.close();
    }

    String name() {
        return first.name();
    }

    @Override
    public void onMessage(Message message) {
        ListenerMethod method = messages;
        if (method != null) {
            lanes.run(publisher(message), () -> call(method, message));
        }
    }

    @Override
    public void onGap(Gap gap) {
        if (gaps.isEmpty()) {
            log.warn(
                    "@MeshListener {} misses messages {} to {} of {} ({}); a method of the same bean and pattern with a Gap as its"
                            + " only parameter would be told",
                    name(),
                    gap.from(),
                    gap.to(),
                    gap.stream(),
                    gap.cause());
            return;
        }
        lanes.run(gap.stream().origin(), () -> gaps.forEach(method -> call(method, gap)));
    }

    @Override
    public void onOverflow() {
        tell(MeshListenerException.overflow(name()));
    }

    private static NodeId publisher(Message message) {
        return message.position().stream().origin();
    }

    private void call(ListenerMethod method, Message message) {
        try {
            method.call(message);
        } catch (Throwable e) {
            // An Error as well: the subscription goes on.
            tell(MeshListenerException.at(method.name(), method.payloadType(), message, e));
        }
    }

    private void call(ListenerMethod method, Gap gap) {
        try {
            method.call(gap);
        } catch (Throwable e) {
            tell(MeshListenerException.at(method.name(), gap, e));
        }
    }

    private void tell(MeshListenerException failure) {
        counters.listenerFailed();
        try {
            errors.handle(failure);
        } catch (Throwable e) {
            e.addSuppressed(failure);
            log.error("the error handler of @MeshListener {} failed itself", failure.listener(), e);
        }
    }
}
