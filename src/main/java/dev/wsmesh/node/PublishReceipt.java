package dev.wsmesh.node;

/**
 * What became of a published text.
 *
 * @param peers how many connected peers it was queued for; 0 means that nobody will receive it
 */
public record PublishReceipt(int peers) {}
