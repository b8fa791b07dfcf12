package dev.wsmesh.node;

import dev.wsmesh.protocol.StreamId;

/**
 * Where a message stands: its stream, which is one run of one node, and its number in it, from 1.
 *
 * @param stream who published it, in which run
 * @param sequence at least 1; consecutive within a stream
 */
public record Position(StreamId stream, long sequence) {}
