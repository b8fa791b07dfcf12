package dev.wsmesh.node;

/**
 * What is published is held by this process, and by as many neighbours as have acknowledged it. It is on its way to the others
 * as long as one of them lives.
 *
 * @param position where it stands
 * @param neighbours how many were linked; with none it waits here for the first one, within the bounds of retention
 * @param acknowledged how many neighbours were asked for and hold it
 */
public record PublishReceipt(Position position, int neighbours, int acknowledged) {}
