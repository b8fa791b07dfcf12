package dev.wsmesh.node;

import java.time.Duration;

/**
 * What a node publishes of itself.
 *
 * @param interval about how long it takes until the next one
 * @param leaving it is the last one: the node is about to go
 */
public record Announcement(NodePresence node, Duration interval, boolean leaving) {}
