package dev.wsmesh.protocol;

import org.jspecify.annotations.Nullable;

/** What one node tells another about a node: who it is and, unless it can only dial out, where it may be dialled. */
public record Contact(NodeId id, @Nullable Address address) {}
