package dev.wsmesh.node;

/** Port: changes whom the node dials, until it is started anew; its configuration stays as it is. */
public interface PeerChanges {

    /**
     * Dials this peer from now on, again and again like a configured one, as far as the dial policy allows.
     *
     * @return false if it is dialled already
     * @throws IllegalArgumentException if it is no peer URL, may not be dialled, or is one too many; the message names the
     *     value, the rule and the way out
     */
    boolean add(String url);

    /**
     * Dials this peer no more, whether it was added or configured. A link or session with it stays until it ends.
     *
     * @throws IllegalArgumentException if it is none of the peers that are dialled
     */
    void remove(String url);
}
