package dev.wsmesh.node;

/** How a session with a peer began. */
public enum Direction {
    /** The peer dialled this node. */
    ACCEPTED("accepted"),
    /** This node dialled the peer. */
    DIALLED("dialled");

    private final String tag;

    Direction(String tag) {
        this.tag = tag;
    }

    /** The name in meters and on the actuator endpoint. */
    public String tag() {
        return tag;
    }
}
