package dev.wsmesh.node;

/**
 * What waits for the listeners of this process.
 *
 * @param subscriptions how many subscriptions there are
 * @param messages what waits in all their queues together
 * @param longest what waits in the longest of them
 */
public record Backlog(int subscriptions, long messages, int longest) {}
