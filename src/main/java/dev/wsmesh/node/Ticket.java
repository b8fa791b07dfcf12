package dev.wsmesh.node;

import dev.wsmesh.node.PublishException.Reason;
import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.Output;
import org.jspecify.annotations.Nullable;

/** One publication on its way through the core, and what the core has answered so far. Guarded by the driver's lock. */
final class Ticket {

    private final PublishOptions options;
    private @Nullable Position position;
    private Output.@Nullable Refusal refusal;
    private int neighbours;
    private int acknowledged;
    private boolean answered;

    Ticket(PublishOptions options) {
        this.options = options;
        this.answered = options.acknowledgements() == 0;
    }

    /** What the core is given, as often as the window was shut and may have opened. */
    Input.Publish input(long number, EncodedRecord record, long deadlineNanos) {
        return new Input.Publish(
                number,
                record,
                options.backpressure() == PublishOptions.Backpressure.IGNORE
                        ? Input.Backpressure.IGNORE
                        : Input.Backpressure.FAIL,
                wanted() == 0 ? null : new Input.Acknowledgements(wanted(), deadlineNanos, true));
    }

    void published(Output.Published output) {
        position = new Position(output.stream(), output.sequence());
        neighbours = output.neighbours();
    }

    void refused(Output.Refusal reason) {
        refusal = reason;
    }

    void acknowledged(int count) {
        acknowledged = count;
        answered = true;
    }

    int wanted() {
        return options.acknowledgements();
    }

    /** Not published, but it may be as soon as the slowest neighbour has caught up. */
    boolean isCongested() {
        return position == null && refusal == Output.Refusal.WINDOW_SHUT;
    }

    /** Nothing more is to come. */
    boolean isAnswered() {
        return position == null || answered;
    }

    /**
     * The receipt.
     *
     * @throws PublishException if it was not published, or not acknowledged as asked
     */
    PublishReceipt receipt() {
        PublishReceipt receipt = receiptSoFar();
        if (receipt == null) {
            throw refusal();
        }
        if (acknowledged < wanted()) {
            throw new PublishException(
                    Reason.NOT_ACKNOWLEDGED,
                    "published, but only " + acknowledged + " of " + wanted() + " neighbours acknowledged it within "
                            + options.timeout().toMillis() + " ms",
                    receipt);
        }
        return receipt;
    }

    @Nullable
    PublishReceipt receiptSoFar() {
        return position == null ? null : new PublishReceipt(position, neighbours, acknowledged);
    }

    private RuntimeException refusal() {
        return switch (refusal) {
            case null ->
                new IllegalStateException(
                        "the core failed at this publication, and the log says why; it may be published");
            case LEAVING -> MeshNode.notRunning();
            case RECORD_TOO_LARGE ->
                new IllegalArgumentException("the message and its headers are larger than a frame may be");
            case WINDOW_SHUT ->
                new PublishException(
                        Reason.CONGESTED,
                        "the slowest neighbour is too far behind; nothing was published: try again later",
                        null);
            case TOO_FEW_NEIGHBOURS ->
                new PublishException(
                        Reason.TOO_FEW_PEERS, "too few neighbours are linked; nothing was published", null);
            case TOO_MANY_PENDING ->
                new PublishException(
                        Reason.TOO_MANY_WAITING,
                        "too many publications wait for acknowledgements; nothing was published: try again later",
                        null);
        };
    }
}
