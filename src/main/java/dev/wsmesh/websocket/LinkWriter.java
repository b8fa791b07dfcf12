package dev.wsmesh.websocket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;

/**
 * Writes to the session of one link: messages in fragments, each with a time of its own, and the Close, which waits for no
 * fragment for long. One thread writes; any may close or ask.
 */
final class LinkWriter {

    private static final Logger log = LoggerFactory.getLogger(LinkWriter.class);

    private static final String RESET = "the connection was reset during a write";

    private final WebSocketSession session;
    private final LinkTraffic traffic;
    private final WriteClock writing;
    private final Duration sendTimeout;
    /** What a write that failed has met, as far as that is known; null if it is not, or none has. */
    private volatile @Nullable String met;

    LinkWriter(WebSocketSession session, LinkLimits limits, LinkTraffic traffic) {
        this(session, limits, traffic, new WriteClock(limits.sendTimeout()));
    }

    LinkWriter(WebSocketSession session, LinkLimits limits, LinkTraffic traffic, WriteClock writing) {
        this.session = session;
        this.traffic = traffic;
        this.sendTimeout = limits.sendTimeout();
        this.writing = writing;
        SessionTuning.sendTimeout(session, sendTimeout);
    }

    void write(byte[] message) throws IOException {
        int from = 0;
        do {
            int length = Math.min(LinkLimits.FRAGMENT_BYTES, message.length - from);
            boolean last = from + length == message.length;
            writeFragment(new BinaryMessage(ByteBuffer.wrap(message, from, length), last));
            from += length;
        } while (from < message.length);
        traffic.sentBytes(message.length);
    }

    private void writeFragment(BinaryMessage fragment) throws IOException {
        writing.begin();
        try {
            session.sendMessage(fragment);
        } catch (IOException | IllegalStateException e) {
            met = wordsFor(e);
            writing.fail();
            throw e;
        }
        writing.end();
    }

    /** The same each time: equal ends are told and listed as one. */
    private static @Nullable String wordsFor(Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException broken && DialException.isReset(broken.getMessage())) {
                return RESET;
            }
        }
        return null;
    }

    /** Closes; when this returns, {@code ended} has run, however the container takes it. */
    void close(CloseStatus status, Runnable ended) {
        try {
            SessionTuning.closeSoon(session);
            SessionTuning.abortIfStuck(session, writing);
            session.close(status);
        } catch (IOException | IllegalStateException e) {
            log.debug("closing the session {} failed", session.getId(), e);
        } finally {
            ended.run();
            SessionTuning.closeGiven(session);
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

    /** Whether a fragment takes so long that nobody else will end it. */
    boolean isStuck() {
        return writing.isStuck();
    }
}
