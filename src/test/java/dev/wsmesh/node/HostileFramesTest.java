package dev.wsmesh.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.StreamId;
import dev.wsmesh.protocol.View;
import dev.wsmesh.wire.FrameDecoder;
import dev.wsmesh.wire.FrameEncoder;
import dev.wsmesh.wire.RandomFrames;
import dev.wsmesh.wire.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/**
 * Frames by chance, whole, damaged, and mere bytes, from a neighbour that is admitted again whenever it is thrown out; beside
 * it an honest one. Everything from the decoder to the subscriptions is the real thing. No sockets and no handshakes, which
 * take most of the time where a frame ends the link; with those: {@code HostileLinkTest}.
 */
class HostileFramesTest {

    /** A million take some minutes: {@code -Dwsmesh.hostile.core-frames=1000000}. */
    private static final int FRAMES = Integer.getInteger("wsmesh.hostile.core-frames", 10_000);

    private static final int FRAMES_PER_HONEST_ONE = 100;
    private static final long LOG_BYTES = 1 << 20;

    private static final StreamId HONEST = new StreamId(new NodeId(7, 1), 1);

    private final Random random = new Random(4711);
    private final RandomFrames frames = new RandomFrames(random);
    private final List<String> said = new ArrayList<>();
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final List<Gap> gaps = new CopyOnWriteArrayList<>();
    private int thrownOut;

    @Test
    void frames_by_chance_change_nothing_for_others_and_stay_within_bounds() {
        try (LonelyNode node = new LonelyNode(LOG_BYTES);
                Subscription _ = node.node.subscribe("a.topic", new Listener())) {
            LinkId honest = node.readyNeighbour(1);
            Enemy enemy = new Enemy(node);
            for (int i = 0; i < FRAMES; i++) {
                enemy.attack();
                if (i % FRAMES_PER_HONEST_ONE == 0) {
                    said.add("text " + i);
                    node.receive(honest, HONEST, said.size(), said.getLast());
                    checkBounds(node, honest);
                }
            }
            await().atMost(Duration.ofSeconds(20)).until(() -> heard.size() >= said.size());
            assertThat(heard).isEqualTo(said);
            assertThat(gaps).isEmpty();
            assertThat(node.counters.coreFailures()).isZero();
            assertThat(thrownOut).as("how often the enemy was thrown out").isGreaterThan(FRAMES / 20);
        }
    }

    private void checkBounds(LonelyNode node, LinkId honest) {
        View view = Objects.requireNonNull(node.node.view().core());
        assertThat(view.logBytes()).isLessThanOrEqualTo(LOG_BYTES);
        assertThat(view.windowRecords()).isLessThanOrEqualTo(1_024);
        assertThat(view.windowBytes()).isLessThanOrEqualTo(8 << 20);
        assertThat(view.streams()).hasSizeLessThanOrEqualTo(16_384);
        assertThat(view.links())
                .anyMatch(link -> link.id().equals(honest) && link.neighbour())
                .allMatch(link -> link.queuedMessages() <= 64)
                .hasSizeLessThanOrEqualTo(2);
    }

    private final class Listener implements MessageListener {
        @Override
        public void onMessage(Message message) {
            if (message.position().stream().equals(HONEST)) {
                heard.add(message.text());
            }
        }

        @Override
        public void onGap(Gap gap) {
            if (gap.stream().equals(HONEST)) {
                gaps.add(gap);
            }
        }
    }

    /** A neighbour that comes back under another name. */
    private final class Enemy {
        private final LonelyNode node;
        private long names = 1_000;
        private LinkId link;
        private FrameDecoder decoder = new FrameDecoder(Limits.DEFAULT);

        Enemy(LonelyNode node) {
            this.node = node;
            this.link = node.readyNeighbour(++names);
        }

        void attack() {
            try {
                node.core().give(new Input.Received(link, decoder.decode(bytes())));
            } catch (WireException e) {
                comeBack(e.violation().closeCode());
                return;
            }
            if (node.links.hasClosed(link)) {
                comeBack(CloseCode.NORMAL);
            }
        }

        private byte[] bytes() {
            int kind = random.nextInt(10);
            if (kind == 0) {
                byte[] bytes = new byte[random.nextInt(200)];
                random.nextBytes(bytes);
                return bytes;
            }
            byte[] bytes = new FrameEncoder(1 << 20).encode(frames.frame());
            if (kind == 1 && bytes.length > 0) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            return bytes;
        }

        private void comeBack(CloseCode code) {
            thrownOut++;
            node.core().give(new Input.LinkDown(link, code));
            link = node.readyNeighbour(++names);
            decoder = new FrameDecoder(Limits.DEFAULT);
        }
    }
}
