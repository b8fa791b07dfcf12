package dev.wsmesh.websocket;

import dev.wsmesh.node.Background;
import dev.wsmesh.node.Direction;
import dev.wsmesh.node.Inbound;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.MeshCounters.Drop;
import dev.wsmesh.node.MeshCounters.Ending;
import dev.wsmesh.node.SessionView;
import dev.wsmesh.node.Utf8;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
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
final class PeerSession implements SocketPeer {

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
    private final Duration sendTimeout;
    private final WriteClock writing;
    private final long upNanos = System.nanoTime();

    PeerSession(
            WebSocketSession session,
            String address,
            Direction direction,
            Instant since,
            PlainPeerLimits limits,
            MeshCounters counters,
            Inbound inbound,
            IncomingBudget budget) {
        this.session = session;
        this.address = address;
        this.direction = direction;
        this.since = since;
        this.counters = counters;
        this.inbound = inbound;
        this.incoming = new TextAssembler(limits.maxMessageBytes(), budget);
        this.queue = new OutgoingQueue(limits.queueMessages(), limits.queueBytes());
        this.sendTimeout = limits.sendTimeout();
        this.writing = new WriteClock(sendTimeout);
        SessionTuning.tune(session, sendTimeout);
    }

    String address() {
        return address;
    }

    Direction direction() {
        return direction;
    }

    /** How long ago it came up. */
    Duration age() {
        return Duration.ofNanos(System.nanoTime() - upNanos);
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
        Thread _ = Background.start("mesh-writer-" + address, this::writeUntilDrained);
    }

    /** Queues a text; a peer whose queue is full is cut off. Never waits. */
    boolean send(OutgoingText text) {
        return switch (queue.offer(text)) {
            case QUEUED -> true;
            case NOT_OPEN -> false;
            case FULL -> {
                cutOff();
                yield false;
            }
        };
    }

    @Override
    public void receiveText(String part, boolean last) {
        if (closing.get()) {
            // The rest of a text that was too large, or what came while the Close was on its way.
            return;
        }
        try {
            String text = incoming.append(part, last);
            if (text != null) {
                messagesIn.increment();
                int bytes = Utf8.length(text);
                bytesIn.add(bytes);
                counters.received(bytes);
                inbound.received(text, address);
            }
        } catch (TextAssembler.RefusedException e) {
            counters.dropped(e.drop(), 1);
            log.warn("peer {} is closed with {}: {}", address, e.status().getCode(), e.getMessage());
            close(e.status());
        }
    }

    /** Closes a session that never became a peer; it is not counted as one that ended. */
    void refuse(CloseStatus status) {
        ending.set(Ending.OTHER);
        close(status);
    }

    /** Nothing more is queued; what is queued is written, then the session is closed with 1001. */
    @Override
    public void leave() {
        queue.drain();
    }

    /** Closes the session in the background, without waiting for a writer that is stuck. */
    void close(CloseStatus status) {
        if (closing.compareAndSet(false, true)) {
            Thread _ = Background.start("mesh-closer-" + address, () -> closeNow(status));
        }
    }

    @Override
    public void receiveBinary(ByteBuffer part, boolean last) {
        if (last) {
            counters.dropped(Drop.BINARY, 1);
        }
    }

    @Override
    public void closed(CloseStatus status) {
        closing.set(true);
        if (status.getCode() == CloseStatus.NO_CLOSE_FRAME.getCode() && writing.isOverdue()) {
            end(
                    Ending.TOO_SLOW,
                    PlainStatus.TOO_SLOW.withReason("one message took longer than " + sendTimeout.toMillis() + " ms"));
        } else {
            end(endingOf(status), status);
        }
        writing.endLater(() -> SessionTuning.abort(session));
    }

    @Override
    public void endIfStuck() {
        if (writing.isOverdue() && !closing.get()) {
            closed(CloseStatus.NO_CLOSE_FRAME);
            Thread _ = Background.start("mesh-closer-" + address, () -> closeNow(PlainStatus.NOT_RELIABLE));
        }
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
                write(next);
            }
            close(PlainStatus.GOING_AWAY);
        } catch (InterruptedException e) {
            close(PlainStatus.GOING_AWAY);
        } catch (IOException | IllegalStateException | RejectedExecutionException e) {
            // Usually the container has closed the session before it says so here; this is for when it has not.
            log.debug("writing to {} failed", address, e);
            closed(CloseStatus.NO_CLOSE_FRAME);
            countLost(1);
            closeNow(PlainStatus.NOT_RELIABLE);
        }
    }

    private void write(OutgoingText text) throws IOException {
        writing.begin();
        try {
            session.sendMessage(new TextMessage(text.text()));
        } catch (IOException | RuntimeException | Error e) {
            writing.fail();
            throw e;
        }
        writing.end();
        messagesOut.increment();
        bytesOut.add(text.bytes());
        counters.sent(text.bytes());
    }

    /** The text that no longer fitted is lost with those in the queue. */
    private void cutOff() {
        end(Ending.TOO_SLOW, PlainStatus.TOO_SLOW.withReason("the outgoing queue is full"));
        countLost(1);
        close(PlainStatus.TOO_SLOW);
    }

    private void end(Ending how, CloseStatus status) {
        int lost = queue.close();
        incoming.close();
        if (ending.compareAndSet(null, how)) {
            counters.ended(how);
            countLost(lost);
            ended.complete(status);
        } else {
            countLost(lost);
        }
    }

    private void countLost(int texts) {
        if (texts > 0) {
            counters.dropped(ending.get() == Ending.TOO_SLOW ? Drop.SLOW_PEER : Drop.SESSION_ENDED, texts);
        }
    }

    private void closeNow(CloseStatus status) {
        try {
            SessionTuning.abortIfStuck(session, writing);
            SessionTuning.close(session, status);
        } catch (IOException | RuntimeException e) {
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
}
