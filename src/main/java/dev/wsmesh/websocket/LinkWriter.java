package dev.wsmesh.websocket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;

/**
 * Writes to the session of one link, or to both if it has a second socket: messages in fragments, each with a time of its own, and the Close, which waits for no
 * fragment for long. One thread writes; any may close or ask.
 */
final class LinkWriter {

    private static final Logger log = LoggerFactory.getLogger(LinkWriter.class);

    private static final String RESET = "the connection was reset during a write";

    private final Socket own;
    private volatile Sockets sockets;
    /** Where something was written last, which may still be under way. */
    private volatile WebSocketSession written;

    private final LinkTraffic traffic;
    private final WriteClock writing;
    private final Duration sendTimeout;
    /** What a write that failed has met, as far as that is known; null if it is not, or none has. */
    private volatile @Nullable String met;

    /**
     * One that two threads may write to for a moment: its own, which says that it has joined, and the link's. The peer may answer the
     * first before the container has let go of it.
     */
    private record Socket(WebSocketSession session, ReentrantLock turn) {}

    /**
     * Of one link.
     *
     * @param sending where frames are written
     * @param other the one that the peer sends on; null if there is one for both
     */
    private record Sockets(Socket sending, @Nullable Socket other) {}

    LinkWriter(WebSocketSession session, LinkLimits limits, LinkTraffic traffic) {
        this(session, limits, traffic, new WriteClock(limits.sendTimeout()));
    }

    LinkWriter(WebSocketSession session, LinkLimits limits, LinkTraffic traffic, WriteClock writing) {
        this.own = new Socket(session, new ReentrantLock());
        this.sockets = new Sockets(own, null);
        this.written = session;
        this.traffic = traffic;
        this.sendTimeout = limits.sendTimeout();
        this.writing = writing;
        SessionTuning.tune(session, sendTimeout);
    }

    /** From now on there are two sockets, which are closed together. */
    void pair(LinkWriter second) {
        sockets = new Sockets(sockets.sending(), second.own);
    }

    /** There is one socket again, on which frames are written still. */
    void unpair() {
        sockets = new Sockets(sockets.sending(), null);
    }

    /** From now on frames are written to the other socket. */
    void move() {
        Sockets before = sockets;
        sockets = new Sockets(Objects.requireNonNull(before.other()), before.sending());
    }

    void write(byte[] message) throws IOException {
        write(ByteBuffer.wrap(message));
    }

    /** When this returns, nothing of the message is needed any more. */
    void write(ByteBuffer message) throws IOException {
        write(sockets.sending(), message);
    }

    void writeToOther(byte[] message) throws IOException {
        write(Objects.requireNonNull(sockets.other()), ByteBuffer.wrap(message));
    }

    private void write(Socket to, ByteBuffer message) throws IOException {
        to.turn().lock();
        try {
            write(to.session(), message);
        } finally {
            to.turn().unlock();
        }
    }

    private void write(WebSocketSession to, ByteBuffer message) throws IOException {
        int all = message.remaining();
        int from = 0;
        do {
            int length = Math.min(LinkLimits.FRAGMENT_BYTES, all - from);
            boolean last = from + length == all;
            writeFragment(to, new BinaryMessage(message.slice(from, length), last));
            from += length;
        } while (from < all);
        traffic.sentBytes(all);
    }

    private void writeFragment(WebSocketSession to, BinaryMessage fragment) throws IOException {
        written = to;
        writing.begin();
        try {
            to.sendMessage(fragment);
        } catch (IOException | RuntimeException | Error e) {
            met = wordsFor(e);
            writing.fail();
            throw e;
        }
        writing.end();
    }

    /** The same each time: equal ends are told and listed as one. */
    private static @Nullable String wordsFor(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException broken && DialException.isReset(broken.getMessage())) {
                return RESET;
            }
        }
        return null;
    }

    /** Closes; when this returns, {@code ended} has run, however the container takes it. */
    void close(CloseStatus status, Runnable ended) {
        Sockets both = sockets;
        Socket other = both.other();
        try {
            SessionTuning.abortIfStuck(written, writing);
            // Behind the last frame first.
            close(both.sending().session(), status);
            if (other != null) {
                close(other.session(), status);
            }
        } finally {
            ended.run();
        }
    }

    /** The session has ended, whoever ended it. */
    void hasEnded() {
        writing.endLater(() -> SessionTuning.abort(written));
    }

    private static void close(WebSocketSession session, CloseStatus status) {
        try {
            SessionTuning.close(session, status);
        } catch (IOException | RuntimeException e) {
            log.debug("closing the session {} failed", session.getId(), e);
        }
    }

    /** Why the session is given up where writing to it is all that is known to have failed. */
    String complaint() {
        return Objects.requireNonNullElse(trouble(), "writing failed");
    }

    /** The end as the container tells it, which says of a write that it has given up only that there was no Close. */
    CloseStatus explained(CloseStatus status) {
        if (status.getCode() != CloseStatus.NO_CLOSE_FRAME.getCode()) {
            return status;
        }
        // Tomcat tells of the end before the write that met it fails: then its words are all there is.
        String known = trouble();
        boolean reset = known == null && writing.isUnderWay() && DialException.isReset(status.getReason());
        return status.withReason(reset ? RESET : Objects.requireNonNullElse(known, "no close frame"));
    }

    /** What is the matter with the last write; null if that is not known, or nothing is. */
    private @Nullable String trouble() {
        return writing.isOverdue()
                ? "a write did not end within " + sendTimeout.toMillis() + " ms (mesh.links.send-timeout)"
                : met;
    }

    /** Whether a fragment takes longer than it may: nobody else will end it. */
    boolean isStuck() {
        return writing.isOverdue();
    }
}
