package dev.wsmesh.websocket;

import dev.wsmesh.node.Background;
import dev.wsmesh.protocol.CloseCode;
import java.time.Duration;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.CloseStatus;

/** How this side ends a session: in order, behind what waits to be written, or past a writer that is stuck. Thread-safe. */
final class LinkEnding {

    private final LinkWriter writer;
    private final Outbox outbox;
    private final Duration patience;
    private final String address;
    private final BiConsumer<CloseCode, CloseStatus> ended;
    /** Why this side closes, if it does. */
    private volatile @Nullable CloseCode decided;
    /** This side closes because of what it found, and has said so. */
    private volatile boolean refused;
    /** Whoever ended it, there is nothing left to close. */
    private volatile boolean over;

    /**
     * Creates the ending of a session that goes on.
     *
     * @param patience how long what was handed over before may take
     * @param ended is called when the session was closed by this side
     */
    LinkEnding(
            LinkWriter writer,
            Outbox outbox,
            Duration patience,
            String address,
            BiConsumer<CloseCode, CloseStatus> ended) {
        this.writer = writer;
        this.outbox = outbox;
        this.patience = patience;
        this.address = address;
        this.ended = ended;
    }

    /** Why this side has decided to close; null if it has not. */
    @Nullable
    CloseCode decided() {
        return decided;
    }

    /** Whether it does so because of what it found, and has said that. */
    boolean isRefused() {
        return refused;
    }

    /** From here on this side closes, because of what it found; the Close itself follows. */
    void refuse(CloseCode code) {
        decided = code;
        refused = true;
    }

    /** The session has ended. */
    void sessionEnded() {
        over = true;
    }

    /** Closes once what was handed over before is written, but does not wait for long. */
    void inOrder(CloseCode code, String reason) {
        decided = code;
        outbox.add(new Outbox.Closing(code, reason));
        Thread _ = Background.start("mesh-closer-" + address, () -> inTime(code, reason));
    }

    /** Closes now, without waiting for a writer that is stuck. */
    void atOnce(CloseCode code, String reason) {
        Thread _ = Background.start("mesh-closer-" + address, () -> now(code, reason));
    }

    /** Closes on this thread. */
    void now(CloseCode code, String reason) {
        decided = code;
        CloseStatus status = code == CloseCode.ABNORMAL
                ? PlainStatus.NOT_RELIABLE
                : new CloseStatus(code.number(), reason.isEmpty() ? null : reason);
        writer.close(status, () -> ended.accept(code, status));
    }

    private void inTime(CloseCode code, String reason) {
        try {
            Thread.sleep(patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!over) {
            now(code, reason);
        }
    }
}
