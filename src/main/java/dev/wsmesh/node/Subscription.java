package dev.wsmesh.node;

/** A listener's place in the mesh; closing it twice does nothing. May be closed from any thread, the listener's too. */
public interface Subscription extends AutoCloseable {

    /** Ends the subscription: what is still queued is not delivered. */
    @Override
    void close();
}
