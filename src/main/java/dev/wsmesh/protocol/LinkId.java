package dev.wsmesh.protocol;

/**
 * One link to one peer. The generation is given by the caller and never used twice in a process, so that whatever is said
 * about a link that is gone can be told from what is said about its successor.
 *
 * @param generation not 0, which the log takes for this node itself
 */
public record LinkId(NodeId peer, long generation) {}
