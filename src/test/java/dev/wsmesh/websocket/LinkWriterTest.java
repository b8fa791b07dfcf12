package dev.wsmesh.websocket;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.protocol.Limits;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.web.socket.CloseStatus;

/** Why a write failed is told as it was when it failed, however long after that somebody asks. */
class LinkWriterTest {

    private static final Duration BOUND = Duration.ofMillis(200);

    private final AtomicLong nanos = new AtomicLong(1);
    private final PretendedSession session = new PretendedSession();
    private final LinkWriter writer = writerOf(session);

    private LinkWriter writerOf(PretendedSession to) {
        return new LinkWriter(
                to,
                new LinkLimits(Limits.DEFAULT, Duration.ofSeconds(1), 16, 10_000, 1 << 20, BOUND),
                new LinkTraffic(new MeshCounters()),
                new WriteClock(BOUND, nanos::get));
    }

    @Test
    void a_connection_that_is_reset_is_told_as_that_and_not_as_a_write_that_took_too_long() {
        session.breakWrites(() -> new IOException(new SocketException("Connection reset by peer")));
        failToWrite();
        nanos.addAndGet(BOUND.multipliedBy(100).toNanos());
        assertThat(writer.complaint()).isEqualTo("the connection was reset during a write");
        assertThat(toldFor(CloseStatus.NO_CLOSE_FRAME)).isEqualTo("the connection was reset during a write");
        assertThat(writer.isStuck()).isFalse();
    }

    @Test
    void a_reset_that_the_container_tells_before_the_write_fails_is_told_as_that() {
        CloseStatus reset = CloseStatus.NO_CLOSE_FRAME.withReason("java.io.IOException: Connection reset by peer");
        List<@Nullable String> told = new ArrayList<>();
        told.add(toldFor(reset));
        session.breakWrites(() -> {
            told.add(toldFor(reset));
            told.add(toldFor(CloseStatus.NO_CLOSE_FRAME));
            return new IOException("the session is closed");
        });
        failToWrite();
        assertThat(told)
                .as("before a write, during one, and during one that ends otherwise")
                .containsExactly("no close frame", "the connection was reset during a write", "no close frame");
    }

    @Test
    void a_write_that_the_container_gives_up_is_told_as_one_that_took_too_long() {
        session.breakWrites(() -> {
            nanos.addAndGet(BOUND.toNanos());
            return new SocketTimeoutException();
        });
        failToWrite();
        assertThat(writer.complaint()).isEqualTo("a write did not end within 200 ms (mesh.links.send-timeout)");
    }

    @Test
    void a_session_that_takes_no_writes_any_more_is_told_by_what_the_container_says_of_its_end() {
        session.refuseWrites();
        failToWrite();
        nanos.addAndGet(BOUND.multipliedBy(100).toNanos());
        assertThat(writer.complaint()).isEqualTo("writing failed");
        assertThat(toldFor(CloseStatus.NO_CLOSE_FRAME)).isEqualTo("no close frame");
        assertThat(toldFor(CloseStatus.GOING_AWAY.withReason("leaving"))).isEqualTo("leaving");
    }

    /** What the second socket's own thread says last, and the link's first word there, may come together. */
    @Test
    void two_threads_that_write_to_a_second_socket_take_turns() throws Exception {
        PretendedSession second = new PretendedSession();
        LinkWriter own = writerOf(second);
        writer.pair(own);
        second.holdWrites();
        FutureTask<Boolean> first = writing(() -> own.write(new byte[] {1}));
        Thread _ = Thread.ofPlatform().daemon().start(first);
        await().atMost(PATIENCE).until(second::isWriting);
        FutureTask<Boolean> other = writing(() -> writer.writeToOther(new byte[] {2}));
        Thread thread = Thread.ofPlatform().daemon().start(other);
        await().atMost(PATIENCE).until(() -> other.isDone() || thread.getState() == Thread.State.WAITING);
        second.letWrite();
        assertThat(first.get()).isTrue();
        assertThat(other.get()).isTrue();
        assertThat(second.takeWritten()).containsExactly(1);
        assertThat(second.takeWritten()).containsExactly(2);
    }

    @FunctionalInterface
    private interface Write {
        void run() throws IOException;
    }

    private static FutureTask<Boolean> writing(Write write) {
        return new FutureTask<>(() -> {
            write.run();
            return true;
        });
    }

    private void failToWrite() {
        assertThatException().isThrownBy(() -> writer.write(new byte[1]));
    }

    private @Nullable String toldFor(CloseStatus status) {
        return writer.explained(status).getReason();
    }
}
