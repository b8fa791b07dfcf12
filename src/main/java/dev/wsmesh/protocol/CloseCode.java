package dev.wsmesh.protocol;

/** Why a link ended, as WebSocket close codes. What a dialler does next is decided by {@link Retry}. */
public enum CloseCode {
    NORMAL(1000, Retry.LATER),
    GOING_AWAY(1001, Retry.LATER),
    MALFORMED(1002, Retry.BACKOFF),
    UNSUPPORTED_DATA(1003, Retry.BACKOFF),
    /** No close frame arrived: the transport is gone. Never sent. */
    ABNORMAL(1006, Retry.BACKOFF),
    TOO_LARGE(1009, Retry.BACKOFF),
    PROTOCOL_VERSION(4000, Retry.LONG_BACKOFF),
    DUPLICATE_LINK(4001, Retry.BACKOFF),
    SELF(4002, Retry.BACKOFF),
    UNAUTHENTICATED(4003, Retry.LONG_BACKOFF),
    WRONG_CLUSTER(4004, Retry.LONG_BACKOFF),
    /** The view has no room; a {@link Message.Disconnect} with contacts came before. */
    FULL(4005, Retry.BACKOFF),
    HANDSHAKE_TIMEOUT(4006, Retry.BACKOFF),
    UNRESPONSIVE(4007, Retry.BACKOFF),
    RATE_LIMITED(4008, Retry.BACKOFF),
    IDENTITY_IN_USE(4009, Retry.LONG_BACKOFF),
    /** Only for plain peers. */
    TOO_SLOW(4010, Retry.LATER);

    /** How eagerly the dialler tries the address again. */
    public enum Retry {
        LATER,
        BACKOFF,
        LONG_BACKOFF
    }

    private final int number;
    private final Retry retry;

    CloseCode(int number, Retry retry) {
        this.number = number;
        this.retry = retry;
    }

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
