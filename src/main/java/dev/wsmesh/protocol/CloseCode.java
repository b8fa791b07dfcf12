package dev.wsmesh.protocol;

/** Why a link ended, as WebSocket close codes. What a dialler does next is decided by {@link Retry}. */
public enum CloseCode {
    /** A probe is over, a goodbye was heard, or what was dialled is a plain peer. */
    NORMAL(1000, Retry.BACKOFF),
    /** The node leaves, or goes on under another epoch. It is no failure, and the address is not dialled at once. */
    GOING_AWAY(1001, Retry.LATER),
    /** Bytes that are no frame, or beyond a limit that is no size; a handshake message on a link that is up. */
    MALFORMED(1002, Retry.BACKOFF),
    /** Text on a link, which is binary. */
    UNSUPPORTED_DATA(1003, Retry.BACKOFF),
    /** No close frame arrived: the transport is gone. Never sent. */
    ABNORMAL(1006, Retry.BACKOFF),
    /** A frame, a handshake or a record with more bytes than are accepted. */
    TOO_LARGE(1009, Retry.BACKOFF),
    /** No version in common; at a dialler also that the peer accepts no subprotocol. */
    PROTOCOL_VERSION(4000, Retry.LONG_BACKOFF),
    /** There is another link between the two, which stays. */
    DUPLICATE_LINK(4001, Retry.BACKOFF),
    /** The dial led to the node that dialled. */
    SELF(4002, Retry.BACKOFF),
    /** A bad proof, another cluster key, a node that is not allowed, or an epoch too far ahead of the clock. */
    UNAUTHENTICATED(4003, Retry.LONG_BACKOFF),
    /** Another cluster's name. */
    WRONG_CLUSTER(4004, Retry.LONG_BACKOFF),
    /** The view has no room; a {@link Message.Disconnect} with contacts came before. */
    FULL(4005, Retry.BACKOFF),
    /** The handshake was not over in time. */
    HANDSHAKE_TIMEOUT(4006, Retry.BACKOFF),
    /** Nothing was heard for {@link Settings.Liveness#unresponsiveAfter}. */
    UNRESPONSIVE(4007, Retry.BACKOFF),
    /** Too many handshakes at once, or no memory left for frames whose end has not come. */
    RATE_LIMITED(4008, Retry.BACKOFF),
    /** Another process has the same key, and is alive. */
    IDENTITY_IN_USE(4009, Retry.LONG_BACKOFF),
    /** Only for plain peers. */
    TOO_SLOW(4010, Retry.LATER);

    /** How eagerly the dialler tries the address again. How long the pauses are stands in {@link Settings.Dialling}. */
    public enum Retry {
        /** Nothing is wrong. The core makes no difference to {@code BACKOFF}: {@code GOING_AWAY} it knows by its name. */
        LATER,
        /** After a pause that grows with each failure. */
        BACKOFF,
        /** After a long one: only an operator can mend it. */
        LONG_BACKOFF
    }

    private final int number;
    private final Retry retry;

    CloseCode(int number, Retry retry) {
        this.number = number;
        this.retry = retry;
    }

    /** As in the close frame. */
    public int number() {
        return number;
    }

    public Retry retry() {
        return retry;
    }

    /** The code with this number; any number that this protocol does not know means that the link broke. */
    public static CloseCode of(int number) {
        for (CloseCode code : values()) {
            if (code.number == number) {
                return code;
            }
        }
        return ABNORMAL;
    }
}
