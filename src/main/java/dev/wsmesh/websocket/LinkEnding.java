package dev.wsmesh.websocket;

import dev.wsmesh.node.Background;
import dev.wsmesh.protocol.CloseCode;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.CloseStatus;

/** How this side ends a session: in order, behind what waits to be written, or past a writer that is stuck. Thread-safe. */
final class LinkEnding {

    /**
     * How long the end of a quiet socket may wait for that of the other. A guess, within {@link SessionTuning#CLOSE_SEND_TIMEOUT}: so long a
     * writer waits that the quiet socket refuses.
     */
    static final Duration SOON = Duration.ofMillis(250);

    private final LinkWriter writer;
    private final Outbox outbox;
    private final Duration patience;
    private final String address;
    private final BiConsumer<CloseCode, CloseStatus> ended;
    /** Why this side closes, if it does: the first reason, whatever goes wrong while it closes. */
    private final AtomicReference<Outbox.@Nullable Closing> decided = new AtomicReference<>();

    private final AtomicBoolean past = new AtomicBoolean();
    /** This side closes because of what it found, and has said so. */
    private volatile boolean refused;
    /** Whoever ended it, there is nothing left to close. */
    private final CountDownLatch over = new CountDownLatch(1);

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
        Outbox.Closing first = decided.get();
        return first == null ? null : first.code();
    }

    /** How it ends, of which the container tells this: what this side has decided, also if the peer's own Close crosses it. */
    CloseStatus explained(CloseStatus told) {
        Outbox.Closing first = decided.get();
        return first == null || first.code() == CloseCode.ABNORMAL ? writer.explained(told) : statusOf(first);
    }

    /** Whether it does so because of what it found, and has said that. */
    boolean isRefused() {
        return refused;
    }

    /** From here on this side closes, because of what it found; the Close itself follows. False if it closes already. */
    boolean refuse(CloseCode code, String reason) {
        boolean first = decide(code, reason);
        if (first) {
            refused = true;
        }
        return first;
    }

    /** The session has ended. */
    void sessionEnded() {
        over.countDown();
    }

    /** Closes once what was handed over before is written, but does not wait for long. */
    void inOrder(CloseCode code, String reason) {
        boolean _ = decide(code, reason);
        outbox.add(new Outbox.Closing(code, reason));
        Thread _ = Background.start("mesh-closer-" + address, () -> inTime(code, reason));
    }

    /** Does this unless the session ends soon: its end is told twice, and the other one counts. */
    void unlessSoonOver(Runnable action) {
        Thread _ = Background.start("mesh-closer-" + address, () -> {
            if (!isOverWithin(SOON)) {
                action.run();
            }
        });
    }

    /** Ends the session whose writer is stuck, if it closes already, too: for the reason that was decided first. */
    void pastStuckWriter() {
        if (past.compareAndSet(false, true)) {
            atOnce(CloseCode.ABNORMAL, "");
        }
    }

    /** Closes now, without waiting for a writer that is stuck. */
    void atOnce(CloseCode code, String reason) {
        Thread _ = Background.start("mesh-closer-" + address, () -> now(code, reason));
    }

    /** Closes now, whatever was decided before: the node leaves. */
    void cut() {
        decided.set(new Outbox.Closing(CloseCode.GOING_AWAY, ""));
        atOnce(CloseCode.GOING_AWAY, "");
    }

    /** Closes on this thread, for the reason that was decided first. */
    void now(CloseCode code, String reason) {
        boolean _ = decide(code, reason);
        Outbox.Closing first = Objects.requireNonNull(decided.get());
        if (first.code() == CloseCode.ABNORMAL) {
            CloseStatus lost = CloseStatus.NO_CLOSE_FRAME.withReason(writer.complaint());
            writer.close(PlainStatus.NOT_RELIABLE, () -> ended.accept(first.code(), lost));
        } else {
            CloseStatus status = statusOf(first);
            writer.close(status, () -> ended.accept(first.code(), status));
        }
    }

    private boolean decide(CloseCode code, String reason) {
        return decided.compareAndSet(null, new Outbox.Closing(code, reason));
    }

    private static CloseStatus statusOf(Outbox.Closing closing) {
        return new CloseStatus(closing.code().number(), closing.reason().isEmpty() ? null : closing.reason());
    }

    /** Goes as soon as the session has: thousands that are refused must not leave a thread each. */
    private void inTime(CloseCode code, String reason) {
        if (!isOverWithin(patience)) {
            now(code, reason);
        }
    }

    private boolean isOverWithin(Duration time) {
        try {
            return over.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
