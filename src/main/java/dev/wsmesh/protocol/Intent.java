package dev.wsmesh.protocol;

/** Why a node dials. It decides whether the link is admitted. */
public enum Intent {
    /** I have no neighbour. Always admitted. */
    JOIN,
    /** I need a neighbour. Always admitted. */
    HIGH,
    /** I have room for a neighbour. Admitted if there is room. */
    LOW,
    /** I want to know whether we are in the same mesh. Never enters a view unless a {@link Message.Join} follows. */
    PROBE
}
