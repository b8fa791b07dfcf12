package dev.wsmesh.gateway.listener;

import static dev.wsmesh.gateway.listener.FakeMesh.SELF;
import static dev.wsmesh.gateway.listener.FakeMesh.message;
import static dev.wsmesh.gateway.listener.FakeMesh.stream;
import static dev.wsmesh.gateway.listener.FakeMesh.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.gateway.listener.Recorder.Texts;
import dev.wsmesh.node.Message;
import dev.wsmesh.node.Position;
import dev.wsmesh.protocol.StreamId;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** In which order and on how many threads methods with the annotation are called, and when they are not. */
class MeshListenerThreadsTest {

    /** Handles the first message of each publisher only when it is told to. */
    static class Slow extends Recorder {

        final CountDownLatch begun = new CountDownLatch(2);
        final CountDownLatch goOn = new CountDownLatch(1);

        @MeshListener(value = "a", concurrency = "2")
        void order(Message message) throws InterruptedException {
            if (message.position().sequence() == 1) {
                begun.countDown();
                goOn.await();
            }
            saw(message.position());
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void several_messages_are_handled_at_once_and_those_of_one_publisher_in_order() throws InterruptedException {
        try (ListenerContext app = ListenerContext.with(Slow.class)) {
            Slow slow = app.bean(Slow.class);
            StreamId one = stream(2);
            StreamId other = stream(3);
            Thread delivering = Thread.ofVirtual()
                    .start(() -> LongStream.rangeClosed(1, 100).forEach(sequence -> {
                        app.mesh.deliver(text(one, sequence, "a", ""));
                        app.mesh.deliver(text(other, sequence, "a", ""));
                    }));
            assertThat(slow.begun.await(10, TimeUnit.SECONDS))
                    .as("both at once")
                    .isTrue();
            slow.goOn.countDown();
            delivering.join();
            await().until(() -> slow.seen.size() == 200);
            for (StreamId stream : List.of(one, other)) {
                assertThat(slow.seen.stream()
                                .map(Position.class::cast)
                                .filter(at -> at.stream().equals(stream)))
                        .extracting(Position::sequence)
                        .isSorted()
                        .hasSize(100);
            }
        }
    }

    @Test
    void a_method_is_not_called_while_its_application_does_not_run() throws InterruptedException {
        ListenerContext app = new ListenerContext();
        app.context.register(Texts.class);
        app.context.refresh();
        List<Object> seen = app.bean(Texts.class).seen;
        app.context.stop();
        Thread delivering = Thread.ofVirtual().start(() -> app.mesh.deliver(text(SELF, 1, "t", "while stopped")));
        await().until(() -> delivering.getState() == Thread.State.WAITING);
        assertThat(seen).isEmpty();
        app.context.start();
        delivering.join();
        assertThat(seen).containsExactly("while stopped");
        app.context.stop();
        Thread late = Thread.ofVirtual().start(() -> app.mesh.deliver(text(SELF, 2, "t", "too late")));
        await().until(() -> late.getState() == Thread.State.WAITING);
        app.close();
        late.join();
        assertThat(seen).containsExactly("while stopped");
        assertThat(app.mesh.subscriptions()).isEmpty();
    }

    @Test
    void stopping_waits_for_the_call_that_has_begun_within_a_bound() throws InterruptedException {
        ListenerContext app = ListenerContext.with(Slow.class);
        Slow slow = app.bean(Slow.class);
        app.mesh.deliver(text(stream(2), 1, "a", ""));
        await().until(() -> slow.begun.getCount() == 1);
        Thread stopping = Thread.ofVirtual().start(app.context::stop);
        await().until(() -> stopping.getState() == Thread.State.TIMED_WAITING);
        assertThat(slow.seen).isEmpty();
        slow.goOn.countDown();
        stopping.join();
        assertThat(slow.seen).hasSize(1);
        app.close();
    }
}
