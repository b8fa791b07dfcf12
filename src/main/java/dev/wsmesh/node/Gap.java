package dev.wsmesh.node;

/**
 * Messages that one subscription did not get because its queue was full.
 *
 * @param missed how many, at least 1
 */
public record Gap(long missed) implements Delivery {}
