package dev.wsmesh.websocket;

import static dev.wsmesh.TestNode.PATIENCE;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketExtension;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/** A session without a socket: what is written to it can be taken, and it remembers with what it was closed. */
final class PretendedSession implements WebSocketSession {

    private final BlockingQueue<byte[]> written = new LinkedBlockingQueue<>();
    /** Of the message that is being written; the writer's. */
    private final ByteArrayOutputStream fragments = new ByteArrayOutputStream();

    private final Map<String, Object> attributes = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable Runnable> onceAsked = new AtomicReference<>();
    private final AtomicReference<@Nullable CloseStatus> closed = new AtomicReference<>();
    private final AtomicInteger refusedWrites = new AtomicInteger();
    private volatile boolean refusing;
    private volatile @Nullable Supplier<IOException> broken;
    private volatile boolean writing;
    private final AtomicBoolean oneWrites = new AtomicBoolean();
    private volatile @Nullable InetSocketAddress remote = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    private volatile CountDownLatch mayWrite = new CountDownLatch(0);
    private volatile CountDownLatch mayClose = new CountDownLatch(0);

    /** What is done before the next one who asks for the other end's address is answered. */
    void onceAskedWhoItIs(Runnable action) {
        onceAsked.set(action);
    }

    /** The next message that was written, waited for. */
    byte[] takeWritten() throws InterruptedException {
        return Objects.requireNonNull(written.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS), "nothing was written");
    }

    /** Whether all that was written has been taken. */
    boolean hasNothingWritten() {
        return written.isEmpty();
    }

    /** The code of the Close; 0 if there was none. */
    int closedWith() {
        CloseStatus status = closed.get();
        return status == null ? 0 : status.getCode();
    }

    /** From now on it takes no message, as a container that has answered the peer's Close. */
    void refuseWrites() {
        refusing = true;
    }

    /** From now on a write fails with this. */
    void breakWrites(Supplier<IOException> by) {
        broken = by;
    }

    int refusedWrites() {
        return refusedWrites.get();
    }

    /** From now on a write takes until {@link #letWrite}. */
    void holdWrites() {
        mayWrite = new CountDownLatch(1);
    }

    void letWrite() {
        mayWrite.countDown();
    }

    /** Whether a write is held. */
    boolean isWriting() {
        return writing;
    }

    /** The other end is somewhere else, or not known. */
    void comesFrom(@Nullable InetSocketAddress address) {
        remote = address;
    }

    /** From now on a Close takes until {@link #letClose}. */
    void holdClose() {
        mayClose = new CountDownLatch(1);
    }

    void letClose() {
        mayClose.countDown();
    }

    /** Ends without a Close. */
    void vanish() {
        closed.compareAndSet(null, CloseStatus.NO_CLOSE_FRAME);
    }

    @Override
    public @Nullable InetSocketAddress getRemoteAddress() {
        Runnable action = onceAsked.getAndSet(null);
        if (action != null) {
            action.run();
        }
        return remote;
    }

    @Override
    public void sendMessage(WebSocketMessage<?> message) throws IOException {
        Supplier<IOException> failure = broken;
        if (failure != null) {
            throw failure.get();
        }
        if (refusing) {
            refusedWrites.incrementAndGet();
            throw new IllegalStateException("the session is closed");
        }
        if (!oneWrites.compareAndSet(false, true)) {
            throw new IllegalStateException("another thread writes, which no container takes");
        }
        try {
            writeAlone(message);
        } finally {
            oneWrites.set(false);
        }
    }

    private void writeAlone(WebSocketMessage<?> message) {
        CountDownLatch held = mayWrite;
        writing = held.getCount() > 0;
        await(held);
        writing = false;
        ByteBuffer payload = ((BinaryMessage) message).getPayload();
        byte[] bytes = new byte[payload.remaining()];
        payload.get(bytes);
        fragments.writeBytes(bytes);
        if (message.isLast()) {
            written.add(fragments.toByteArray());
            fragments.reset();
        }
    }

    @Override
    public boolean isOpen() {
        return closed.get() == null;
    }

    @Override
    public void close() {
        close(CloseStatus.NORMAL);
    }

    @Override
    public void close(CloseStatus status) {
        await(mayClose);
        closed.compareAndSet(null, status);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String getId() {
        return "pretended";
    }

    @Override
    public URI getUri() {
        return URI.create("ws://localhost:1/");
    }

    @Override
    public HttpHeaders getHandshakeHeaders() {
        return new HttpHeaders();
    }

    @Override
    public Map<String, Object> getAttributes() {
        return attributes;
    }

    @Override
    public @Nullable Principal getPrincipal() {
        return null;
    }

    @Override
    public InetSocketAddress getLocalAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 2);
    }

    @Override
    public String getAcceptedProtocol() {
        return Subprotocol.NAME;
    }

    @Override
    public void setTextMessageSizeLimit(int limit) {}

    @Override
    public int getTextMessageSizeLimit() {
        return Integer.MAX_VALUE;
    }

    @Override
    public void setBinaryMessageSizeLimit(int limit) {}

    @Override
    public int getBinaryMessageSizeLimit() {
        return Integer.MAX_VALUE;
    }

    @Override
    public List<WebSocketExtension> getExtensions() {
        return List.of();
    }
}
