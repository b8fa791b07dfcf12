package dev.wsmesh.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.node.MeshCounters.Drop;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.MeshRecord;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.Output;
import dev.wsmesh.protocol.RecordHead;
import dev.wsmesh.protocol.Records;
import dev.wsmesh.protocol.StreamId;
import dev.wsmesh.protocol.Topic;
import dev.wsmesh.wire.RecordCodec;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that come together are delivered, dropped and told of as if each had come alone. */
class TogetherTest {

    private static final NodeId SELF = new NodeId(0, 1);
    private static final List<StreamId> STREAMS =
            List.of(new StreamId(SELF, 1), new StreamId(new NodeId(0, 2), 1), new StreamId(new NodeId(0, 3), 1));
    private static final List<String> TOPICS = List.of("a.one", "a.two", "b");

    private static final List<Overflow> OVERFLOWS = List.of(Overflow.values());

    private final RecordCodec codec = new RecordCodec(Limits.DEFAULT);

    /** A node that is given everything in one of the two ways. */
    private final class Node {
        private final MeshCounters counters = new MeshCounters();
        private final Inbox inbox = new Inbox(SELF, counters, new SubscriptionLimits(20, 1 << 20), codec);
        private final Sleepers sleepers = new Sleepers();
        private final boolean together;
        private final List<PulledSubscription> pulled = new ArrayList<>();

        Node(boolean together) {
            this.together = together;
        }

        void subscribe(SubscribeOptions options) {
            Mark begin = new Mark(null, Map.of());
            Past none = new Past(null, List.of(), begin, Duration.ZERO, Long.MIN_VALUE);
            pulled.add(inbox.pull(options, none, _ -> Replay.Portion.END));
        }

        void receive(Output.Deliver batch) {
            if (together) {
                inbox.deliver(batch);
            } else {
                for (int i = 0; i < batch.records().size(); i++) {
                    Records one = Records.of(List.of(batch.records().get(i)));
                    inbox.deliver(new Output.Deliver(batch.stream(), batch.first() + i, one, batch.bornNanos()));
                }
            }
            inbox.handOver(sleepers);
        }

        List<Object> state() {
            return List.of(
                    inbox.backlog(),
                    counters.drops(Drop.SLOW_SUBSCRIBER),
                    inbox.topics().stream()
                            .map(topic -> topic.topic() + " " + topic.messages())
                            .toList());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void it_makes_no_difference_whether_they_came_together(long seed) throws Exception {
        Random random = new Random(seed);
        Node together = new Node(true);
        Node alone = new Node(false);
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            SubscribeOptions options = options(random);
            together.subscribe(options);
            alone.subscribe(options);
        }
        long[] next = {1, 1, 1};
        for (int step = 0; step < 3_000; step++) {
            if (random.nextInt(3) > 0) {
                int stream = random.nextInt(STREAMS.size());
                Output.Deliver batch = batch(random, STREAMS.get(stream), next[stream]);
                next[stream] = batch.last() + 1;
                together.receive(batch);
                alone.receive(batch);
            } else {
                int which = random.nextInt(together.pulled.size());
                for (int i = random.nextInt(random.nextInt(4) > 0 ? 20 : 400); i > 0; i--) {
                    assertThat(together.pulled.get(which).poll(Duration.ZERO))
                            .isEqualTo(alone.pulled.get(which).poll(Duration.ZERO));
                }
            }
            assertThat(together.state()).isEqualTo(alone.state());
        }
    }

    @Test
    void a_message_that_several_subscriptions_get_is_read_once() throws Exception {
        Node node = new Node(true);
        node.subscribe(SubscribeOptions.to("a.one"));
        node.subscribe(SubscribeOptions.to("a.*"));
        node.receive(new Output.Deliver(STREAMS.get(1), 1, alike(List.of(record("a.one", 3), record("a.one", 3))), 0));
        for (PulledSubscription each : node.pulled) {
            assertThat(each.poll(Duration.ZERO)).isInstanceOf(Mark.class);
        }
        for (int i = 0; i < 2; i++) {
            Delivery message = node.pulled.getFirst().poll(Duration.ZERO);
            assertThat(message).isInstanceOf(Message.class);
            assertThat(node.pulled.getLast().poll(Duration.ZERO)).isSameAs(message);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Overflow.class,
            names = {"DROP_NEWEST", "DROP_OLDEST"})
    void each_message_is_delivered_or_in_a_gap_once_while_others_come(Overflow overflow) {
        int batches = 5_000;
        int size = 90;
        long last = (long) batches * size;
        Node node = new Node(true);
        node.subscribe(SubscribeOptions.to("a.one").on(overflow).within(new SubscriptionLimits(200, 20_000)));
        CompletableFuture<Long> end = new CompletableFuture<>();
        Thread _ = Background.start("taker", () -> end.complete(takeUpTo(node.pulled.getFirst(), last)));
        Records records = alike(Collections.nCopies(size, record("a.one", 10)));
        for (int i = 0; i < batches; i++) {
            node.receive(new Output.Deliver(STREAMS.get(1), 1 + (long) i * size, records, 0));
        }
        assertThat(end).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(last);
        assertThat(node.inbox.backlog().messages()).isZero();
    }

    /** Returns the last number, or the first one that is not where it belongs. */
    private static long takeUpTo(PulledSubscription pulled, long last) {
        long reached = 0;
        while (reached < last) {
            Delivery next = poll(pulled);
            long from = reached + 1;
            long to = reached;
            if (next instanceof Gap gap) {
                from = gap.from();
                to = gap.to();
            } else if (next instanceof Message message) {
                from = message.position().sequence();
                to = from;
            }
            if (from != reached + 1) {
                return from;
            }
            reached = to;
        }
        return reached;
    }

    private static @Nullable Delivery poll(PulledSubscription pulled) {
        try {
            return pulled.poll(Duration.ofMillis(1));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static SubscribeOptions options(Random random) {
        SubscribeOptions options = SubscribeOptions.to(
                        List.of("#", "a.*", "a.two", "b").get(random.nextInt(4)))
                .on(OVERFLOWS.get(random.nextInt(OVERFLOWS.size())))
                .within(new SubscriptionLimits(
                        random.nextInt(1, random.nextBoolean() ? 60 : 500),
                        random.nextInt(1, random.nextBoolean() ? 3_000 : 60_000)));
        return random.nextInt(4) == 0 ? options.withoutOwn() : options;
    }

    private Output.Deliver batch(Random random, StreamId stream, long first) {
        boolean alike = random.nextInt(4) > 0;
        String topic = TOPICS.get(random.nextInt(TOPICS.size()));
        List<EncodedRecord> records = new ArrayList<>();
        for (int i = random.nextInt(1, random.nextInt(8) > 0 ? 12 : 200); i > 0; i--) {
            String about = alike ? topic : TOPICS.get(random.nextInt(TOPICS.size()));
            records.add(record(about, random.nextInt(200)));
        }
        return new Output.Deliver(stream, first, alike ? alike(records) : Records.of(records), 0);
    }

    private EncodedRecord record(String topic, int bytes) {
        String text = "x".repeat(bytes);
        return codec.encode(new MeshRecord(
                new Topic(topic), Bytes.wrap(text.getBytes(StandardCharsets.UTF_8)), "", List.of(), Instant.EPOCH));
    }

    /** As they come out of a frame. */
    private static Records alike(List<EncodedRecord> records) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        int[] offsets = new int[records.size()];
        int[] lengths = new int[records.size()];
        for (int i = 0; i < records.size(); i++) {
            frame.write(0);
            offsets[i] = frame.size();
            lengths[i] = records.get(i).length();
            frame.writeBytes(records.get(i).bytes().toArray());
        }
        return Records.slices(
                Bytes.wrap(frame.toByteArray()),
                new RecordHead[records.size()],
                offsets,
                lengths,
                records.size(),
                true);
    }
}
