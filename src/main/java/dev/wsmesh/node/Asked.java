package dev.wsmesh.node;

import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.StreamId;

/** Which records a subscription has asked for. */
@FunctionalInterface
interface Asked {

    boolean test(StreamId stream, EncodedRecord record);
}
