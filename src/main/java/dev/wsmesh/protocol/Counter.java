package dev.wsmesh.protocol;

/** What a node counts; every overflow of a bound is among it. */
public enum Counter {
    RECORDS_PUBLISHED,
    RECORDS_DELIVERED,
    RECORDS_SENT,
    /** Received although held. */
    RECORDS_DUPLICATE,
    /** Declared lost, over all gaps. */
    RECORDS_IN_GAPS,
    GAPS,
    /** A gap that let records waiting behind it go. */
    GAPS_BEFORE_BUFFERED,
    GRAFTS_SENT,
    PRUNES_SENT,
    MISSES_SENT,
    MISSES_PENDING_SENT,
    HAVES_SENT,
    /** A Graft arrived on a link that was pushing the stream. */
    GRAFTS_WHILE_PUSHING,
    /** A Miss arrived while another neighbour had the record. */
    MISSES_WITH_ALTERNATIVE,
    /** The reorder window was full: the highest record of the stream that held most was dropped. */
    WINDOW_OVERFLOWS,
    /** A hole that a full window left was asked for again. */
    HOLES_REASKED,
    /** A link fell so far behind that what it was owed is evicted. */
    EVICTED_BEFORE_SENT,
    RECORDS_EVICTED,
    /** Fetched from before this node listened. */
    RECORDS_BACKFILLED,
    /** Not sent to a neighbour because it does not accept frames that large. */
    RECORDS_TOO_LARGE,
    STREAMS_FORGOTTEN,
    STREAMS_RELEARNED,
    /** The bound on streams was met. */
    STREAMS_REFUSED,
    /** Delivery of a newer epoch waited for the tail of an older one. */
    EPOCHS_HELD,
    /** Records of an epoch that was closed already. */
    RECORDS_TOO_LATE,
    /** We met our own node id with a future we have not lived. */
    OWN_EPOCHS_MET,
    /** We met our own node id with an epoch so far ahead that peers would refuse us with it: not taken. */
    OWN_EPOCHS_BEYOND_REASON,
    /** Said about a link that is gone, or by it. */
    STALE_INPUTS,
    /** Those of them that were frames. */
    STALE_FRAMES,
    /** Said out of turn: changed nothing. */
    IGNORED_MESSAGES,
    LINKS_UP,
    LINKS_DUPLICATE,
    LINKS_REFUSED,
    LINKS_EVICTED,
    LINKS_UNRESPONSIVE,
    LAGGARDS,
    PUBLICATIONS_REFUSED,
    /** A membership message was dropped because too many were waiting. */
    CONTROL_DROPPED,
    DIALS,
    DIALS_FAILED,
    PROBES_SAME_MESH,
    PROBES_JOINED
}
