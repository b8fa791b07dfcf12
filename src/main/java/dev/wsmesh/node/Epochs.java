package dev.wsmesh.node;

/** Port: where the epochs of this node's runs come from, and are kept. */
public interface Epochs {

    /** The epoch of a new run, higher than that of any before; written down before this returns. */
    long begin();

    /** This node publishes under this epoch from now on; written down before this returns. */
    void take(long epoch);
}
