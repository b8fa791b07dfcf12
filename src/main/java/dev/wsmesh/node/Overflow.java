package dev.wsmesh.node;

/** What becomes of a message for a subscription whose queue is full. Whatever is dropped is counted and told as a gap. */
public enum Overflow {
    /** It is dropped: what waits is kept. */
    DROP_NEWEST,
    /** The oldest that wait are dropped: who only wants the present sees it. */
    DROP_OLDEST,
    /** The subscription ends, for those that would rather start again than miss something. */
    CLOSE
}
