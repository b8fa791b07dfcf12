package dev.wsmesh.node;

import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.View;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The core as its transport sees it. Safe for any number of threads; a call may wait for others, but never for a peer. */
public interface Core {

    /** Tells what has happened. */
    void give(Input input);

    /** The configured peers, and whether they are in the mesh. */
    List<View.BootstrapView> bootstrap();

    /** Where the node at the other end of a link can be dialled; none if it cannot, or the link has gone. */
    Optional<Address> addressOf(LinkId link);

    /** How long ago something that this node published arrived; none if nothing did that is still known. */
    Optional<Duration> silence(NodeId origin);
}
