package dev.wsmesh.websocket;

import dev.wsmesh.node.Direction;
import dev.wsmesh.node.Inbound;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.MeshCounters.Drop;
import dev.wsmesh.node.MeshCounters.Ending;
import dev.wsmesh.node.Message;
import dev.wsmesh.node.SessionView;
import dev.wsmesh.node.Utf8;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * One plain peer: its WebSocket session, its bounded outgoing queue and the virtual thread that writes.
 *
 * <p>States: {@code up -> ended}, once, by whichever comes first: the session closed, the peer was cut off as too slow,
 * or the node left. {@link #ended} completes then; the socket may take {@link SessionTuning#CLOSE_TIMEOUT} longer.
 */
final class PeerSession {

    private static final Logger log = LoggerFactory.getLogger(PeerSession.class);

    private final WebSocketSession session;
    private final String address;
    private final Direction direction;
    private final Instant since;
    private final OutgoingQueue queue;
    private final MeshCounters counters;
    private final Inbound inbound;
    private final TextAssembler incoming;
    private final LongAdder messagesIn = new LongAdder();
    private final LongAdder messagesOut = new LongAdder();
    private final LongAdder bytesIn = new LongAdder();
    private final LongAdder bytesOut = new LongAdder();
    private final CompletableFuture<CloseStatus> ended = new CompletableFuture<>();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final AtomicReference<@Nullable Ending> ending = new AtomicReference<>();

    PeerSession(
            WebSocketSession session,
            String address,
            Direction direction,
            Instant since,
            PlainPeerLimits limits,
            MeshCounters counters,
            Inbound inbound) {
        this.session = session;
        this.address = address;
        this.direction = direction;
        this.since = since;
        this.counters = counters;
        this.inbound = inbound;
        this.incoming = new TextAssembler(limits.maxMessageBytes());
        this.queue = new OutgoingQueue(limits.queueMessages(), limits.queueBytes());
        SessionTuning.sendTimeout(session, limits.sendTimeout());
    }

    String address() {
        return address;
    }

    Direction direction() {
        return direction;
    }

    /** Completes with how the session ended. */
    CompletableFuture<CloseStatus> ended() {
        return ended;
    }

    /** Calls back once, when the session ends or at once if it has; the callback must not throw. */
    void onEnd(Consumer<CloseStatus> callback) {
        CompletableFuture<Void> _ = ended.thenAccept(callback);
    }

    void startWriting() {
        Thread.ofVirtual().name("mesh-writer-" + address).start(this::writeUntilDrained);
    }

    /** Queues a text; a peer whose queue is full is cut off. Never waits. */
    boolean send(OutgoingText text) {
        return switch (queue.offer(text)) {
            case QUEUED -> true;
            case NOT_OPEN -> false;
            case FULL -> {
                cutOff("its outgoing queue is full");
                yield false;
            }
        };
    }

    /** Takes a part of an incoming text; called by the reading thread only. */
    void receive(String part, boolean last) {
        try {
            String text = incoming.append(part, last);
            if (text != null) {
                messagesIn.increment();
                bytesIn.add(Utf8.length(text));
                inbound.received(Message.plain(text, address));
            }
        } catch (TextAssembler.TooLargeException e) {
            counters.dropped(Drop.OVERSIZED, 1);
            log.warn("peer {} is closed with 1009: {}", address, e.getMessage());
            close(CloseCode.TOO_LARGE);
        }
    }

    /** Nothing more is queued; what is queued is written, then the session is closed with 1001. */
    void leave() {
        queue.drain();
    }

    /** Closes the session in the background, without waiting for a writer that is stuck. */
    void close(CloseStatus status) {
        if (closing.compareAndSet(false, true)) {
            Thread.ofVirtual().name("mesh-closer-" + address).start(() -> closeNow(status));
        }
    }

    /** The session is closed: nothing can be sent any more. */
    void closed(CloseStatus status) {
        closing.set(true);
        end(endingOf(status), status, 0);
    }

    SessionView view() {
        return new SessionView(
                address,
                direction,
                since,
                messagesIn.sum(),
                messagesOut.sum(),
                bytesIn.sum(),
                bytesOut.sum(),
                queue.messages(),
                queue.bytes());
    }

    private void writeUntilDrained() {
        try {
            for (OutgoingText next = queue.take(); next != null; next = queue.take()) {
                session.sendMessage(new TextMessage(next.text()));
                messagesOut.increment();
                bytesOut.add(next.bytes());
                counters.sent(next.bytes());
            }
            close(CloseCode.GOING_AWAY);
        } catch (InterruptedException e) {
            close(CloseCode.GOING_AWAY);
        } catch (IOException | IllegalStateException e) {
            writeFailed(e);
        }
    }

    /** One text is lost with the failure: it may or may not have reached the peer in part. */
    private void writeFailed(Exception failure) {
        if (causedByTimeout(failure)) {
            cutOff("writing one message took too long");
        } else {
            // The reading side usually sees the end first and says why; this is for when it does not.
            log.debug("writing to {} failed", address, failure);
            close(CloseStatus.SESSION_NOT_RELIABLE);
        }
    }

    /** The text that led here, refused or half written, is lost too. */
    private void cutOff(String why) {
        if (end(Ending.TOO_SLOW, CloseCode.TOO_SLOW, 1)) {
            log.warn("peer {} was cut off as too slow: {}", address, why);
            close(CloseCode.TOO_SLOW);
        }
    }

    private boolean end(Ending how, CloseStatus status, int alsoLost) {
        int lost = queue.close() + alsoLost;
        boolean first = ending.compareAndSet(null, how);
        if (lost > 0) {
            counters.dropped(ending.get() == Ending.TOO_SLOW ? Drop.SLOW_PEER : Drop.SESSION_ENDED, lost);
        }
        if (first) {
            counters.ended(how);
            ended.complete(status);
        }
        return first;
    }

    private void closeNow(CloseStatus status) {
        SessionTuning.closeSoon(session);
        try {
            session.close(status);
        } catch (IOException | IllegalStateException e) {
            log.debug("closing the session with {} failed", address, e);
        } finally {
            closed(status);
        }
    }

    private static Ending endingOf(CloseStatus status) {
        return switch (status.getCode()) {
            case 1000, 1001 -> Ending.CLOSED;
            case 1005, 1006, 4500 -> Ending.LOST;
            case 1009 -> Ending.TOO_LARGE;
            case 4010 -> Ending.TOO_SLOW;
            default -> Ending.OTHER;
        };
    }

    private static boolean causedByTimeout(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException || cause instanceof TimeoutException) {
                return true;
            }
        }
        return false;
    }
}
