package dev.wsmesh.node;

import java.util.function.IntFunction;

/** Port: how the node reaches its peers. */
public interface Transport {

    /**
     * Queues a text for each connected peer, without waiting for any of them.
     *
     * @param textOfIndex gives the text for the peer at an index; peers are numbered from 0 in the order of linking
     * @return how many peers it was queued for
     */
    int sendToEach(IntFunction<String> textOfIndex);
}
