package dev.wsmesh.node;

import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Intent;
import dev.wsmesh.protocol.LinkId;
import org.jspecify.annotations.Nullable;

/**
 * Port: how the core reaches its peers. Each call returns at once, and never calls back on the same thread: what becomes of it
 * is told by inputs, as {@link dev.wsmesh.protocol.Protocol} asks for them.
 */
public interface LinkTransport {

    /** Dial; ends in a LinkUp or a DialFailed. */
    void dial(Address address, Intent intent);

    /**
     * Send the frame once those before it are out; answered by a Writable.
     *
     * @return who sends it, to be woken by the caller once nothing holds it up any more; null if there is nobody to wake
     */
    @Nullable
    Sleeper send(LinkId link, Frame frame);

    /** The node at the other end of the link is a neighbour from now on: that is news for people. */
    void becomeNeighbour(LinkId link);

    /** Close the link once the frames before it are out. */
    void close(LinkId link, CloseCode code);
}
