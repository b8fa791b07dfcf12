package dev.wsmesh.node;

import org.jspecify.annotations.Nullable;

/** Something could not be published as was asked; the message says why and what to do about it. */
public final class PublishException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Reason {
        /** Fewer neighbours are linked than were asked for. Nothing was published. */
        TOO_FEW_PEERS,
        /** The slowest neighbour is a window behind. Nothing was published. */
        CONGESTED,
        /** Too many publications wait for acknowledgements. Nothing was published. */
        TOO_MANY_WAITING,
        /** The waiting thread was interrupted; {@link #receipt} tells whether it was published. */
        INTERRUPTED,
        /** It is published, but fewer neighbours than asked for said in time that they hold it. */
        NOT_ACKNOWLEDGED
    }

    private final Reason reason;
    private final transient @Nullable PublishReceipt receipt;

    PublishException(Reason reason, String message, @Nullable PublishReceipt receipt) {
        super(message);
        this.reason = reason;
        this.receipt = receipt;
    }

    static PublishException tooFewPeers(int linked, int wanted) {
        return new PublishException(
                Reason.TOO_FEW_PEERS,
                linked + " neighbours are linked, fewer than the " + wanted + " asked for; nothing was published",
                null);
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }

    /** What is published all the same; null if nothing is. */
    public @Nullable PublishReceipt receipt() {
        return receipt;
    }
}
