package dev.wsmesh.protocol;

/**
 * What a node counts from its start on: what it did, and most of the bounds that it met. Not counted are, among others,
 * publications that are refused for another reason than the window, and what is replaced in a full passive view, in the positions
 * of forgotten streams and among the ways of Shuffles.
 */
public enum Counter {
    /** Each record that this node published, its beacons included. */
    RECORDS_PUBLISHED,
    /** Each {@link Output.Deliver}; own records are delivered, too. */
    RECORDS_DELIVERED,
    /** Each record once per link that it was sent on in a Batch. */
    RECORDS_SENT,
    /** Each record that came in a Batch although it was not waited for any more: held, held once, or in a gap. */
    RECORDS_DUPLICATE,
    /** Declared lost, over all gaps. */
    RECORDS_IN_GAPS,
    /** Each {@link Output.Gap}. */
    GAPS,
    /** Each time records were given up while later ones of their stream waited here. */
    GAPS_BEFORE_BUFFERED,
    /** Each Graft, once it is in a frame; so with the next four. */
    GRAFTS_SENT,
    /** Each Prune. */
    PRUNES_SENT,
    /** Each Miss that promises nothing, unless the stream is not known here. */
    MISSES_SENT,
    /** Each Miss that says "not yet". */
    MISSES_PENDING_SENT,
    /** Each Have, those of digests included. */
    HAVES_SENT,
    /** A Graft arrived on a link that was pushing the stream. */
    GRAFTS_WHILE_PUSHING,
    /** A Miss arrived while another neighbour had the record. */
    MISSES_WITH_ALTERNATIVE,
    /** The reorder window was full: the highest record of the stream that held most was dropped. Once per record. */
    WINDOW_OVERFLOWS,
    /** A hole that a full window left was asked for again. */
    HOLES_REASKED,
    /** A link fell so far behind that what it was owed is evicted. Once per stream, each time that is found out. */
    EVICTED_BEFORE_SENT,
    /** Each record that left the log: too old, over the bound, or before a gap. */
    RECORDS_EVICTED,
    /** Of these, those that had to go because others needed the room, and not for their age. */
    RECORDS_EVICTED_FOR_ROOM,
    /** Fetched from before this node listened. Once per record. */
    RECORDS_BACKFILLED,
    /** Not sent to a neighbour because it does not accept frames that large. Each time that it is told so. */
    RECORDS_TOO_LARGE,
    /** A stream was silent for twice the retention: only its position is left. */
    STREAMS_FORGOTTEN,
    /** A forgotten stream came back while its position was still known. */
    STREAMS_RELEARNED,
    /** The bound on streams was met. Once per message about a further one, not once per stream. */
    STREAMS_REFUSED,
    /** Delivery of a newer epoch waits for the tail of an older one. Once per newer one. */
    EPOCHS_HELD,
    /** Records of an epoch that was closed already; they lie in gaps, too. */
    RECORDS_TOO_LATE,
    /** We met our own node id with a future we have not lived, and took a new epoch. */
    OWN_EPOCHS_MET,
    /** We met our own node id with an epoch so far ahead that peers would refuse us with it: not taken. Once per Have. */
    OWN_EPOCHS_BEYOND_REASON,
    /** Each input about a link that is gone, or from one that is gone or that we have closed. */
    STALE_INPUTS,
    /** Those of them that were frames. */
    STALE_FRAMES,
    /** Each message that came out of turn, or said of somebody else what it may only say of its sender: that was ignored. */
    IGNORED_MESSAGES,
    /** Each {@link Input.LinkUp}. */
    LINKS_UP,
    /** Each link that was there already when another with the same node came up, whichever stays. */
    LINKS_DUPLICATE,
    /** Each link that asked this node for a favour while its view was full. */
    LINKS_REFUSED,
    /** Each neighbour that had to make room for another. */
    LINKS_EVICTED,
    /** Each link that was closed because nothing was heard for too long. */
    LINKS_UNRESPONSIVE,
    /** Each time a link was given up as one that publishers wait for, until it has caught up. */
    LAGGARDS,
    /** Each {@link Output.PublishRefused}, repeated attempts included, but for {@link Output.Refusal#LEAVING}. */
    PUBLICATIONS_REFUSED,
    /**
     * Too many messages waited on a link: the oldest of those that {@link Settings.Liveness#controlQueue} bounds was dropped, or the
     * latest answer about a stream that is not known.
     */
    CONTROL_DROPPED,
    /** Each {@link Output.Dial}. */
    DIALS,
    /** Each {@link Input.DialFailed}. */
    DIALS_FAILED,
    /** Each probe by this node that found a fresh record which both hold. */
    PROBES_SAME_MESH,
    /** Each probe by this node that found none in time, and said Join. */
    PROBES_JOINED
}
