package dev.wsmesh.wire;

import dev.wsmesh.protocol.Limits;

/** Counts what one frame brings, and refuses what goes beyond its limits before memory is taken for it. */
final class Tally {
    private final Limits limits;
    private int messages;
    private int records;
    private int digestEntries;

    Tally(Limits limits) {
        this.limits = limits;
    }

    void countMessage() throws WireException {
        WireException.refuseAbove(limits.messagesPerFrame(), ++messages, Violation.MESSAGES_PER_FRAME);
    }

    void countRecord() throws WireException {
        WireException.refuseAbove(limits.recordsPerFrame(), ++records, Violation.RECORDS_PER_FRAME);
    }

    void countDigestEntry() throws WireException {
        WireException.refuseAbove(limits.digestEntriesPerFrame(), ++digestEntries, Violation.DIGEST_ENTRIES_PER_FRAME);
    }
}
