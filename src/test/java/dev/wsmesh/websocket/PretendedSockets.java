package dev.wsmesh.websocket;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.identity.LocalNode;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.protocol.Message;
import dev.wsmesh.wire.FrameDecoder;
import dev.wsmesh.wire.FrameEncoder;
import dev.wsmesh.wire.SocketWord;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;

/**
 * A link of two sockets, for the tests of its two ends: in which order what comes on both is taken, when this end goes on on the
 * other, who may join, and that both end as one. The sockets are pretended ones, so that each may be as slow as it likes.
 */
abstract class PretendedSockets {

    static final Address DIALLED = new Address("ws://127.0.0.1:1");
    static final int MALFORMED = CloseCode.MALFORMED.number();

    final RecordingCore core = new RecordingCore();
    final MeshCounters counters = new MeshCounters();
    final FrameDecoder decoder = new FrameDecoder(Limits.DEFAULT);
    final FrameEncoder encoder = new FrameEncoder(1 << 20);
    PretendedSession secondSession = new PretendedSession();
    private final LocalNode local = Stranger.newNode(true);
    LinkRegistry registry = registry(Duration.ofSeconds(1));

    @BeforeEach
    void open() {
        registry.open(core);
    }

    LinkRegistry registry(Duration sendTimeout) {
        LinkLimits limits = new LinkLimits(Limits.DEFAULT, PATIENCE, 16, 4, 1 << 20, sendTimeout);
        return new LinkRegistry(_ -> local, limits, counters, InstantSource.system(), () -> "localhost:1");
    }

    List<Input> ends() {
        return core.told().stream().filter(Input.LinkDown.class::isInstance).toList();
    }

    static LinkId id(LinkSession link) {
        return Objects.requireNonNull(link.id());
    }

    ByteBuffer ping(long number) {
        return ByteBuffer.wrap(encoder.encode(Frame.of(new Message.Ping(number))));
    }

    static ByteBuffer word(SocketWord word) {
        return ByteBuffer.wrap(word.encode());
    }

    static SocketWord said(PretendedSession session) throws Exception {
        return Objects.requireNonNull(SocketWord.in(session.takeWritten()));
    }

    long heard(PretendedSession session) throws Exception {
        return ((Message.Ping) decoder.decode(session.takeWritten()).messages().getFirst()).nonce();
    }

    static void assertClosed(int code, PretendedSession... sessions) {
        for (PretendedSession session : sessions) {
            await().atMost(PATIENCE).until(() -> !session.isOpen());
            assertThat(session.closedWith()).isEqualTo(code);
        }
    }
}
