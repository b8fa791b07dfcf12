package dev.wsmesh.websocket;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.identity.LocalNode;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.RefusalView;
import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.Intent;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.protocol.Message;
import dev.wsmesh.protocol.NodeId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.socket.CloseStatus;

/** The end of a session is told with the code that it came with, to everybody, and once. */
class LinkEndTest {

    private static final Address DIALLED = new Address("ws://127.0.0.1:1");

    private static final String LOST_BY_A_WRITE =
            "link with %s (a stranger) ended: 1006 (abnormal): a write did not end within %d ms (mesh.links.send-timeout)";

    private final RecordingCore core = new RecordingCore();
    private final LocalNode local = Stranger.newNode();
    private final MeshCounters counters = new MeshCounters();
    private final LinkLimits limits =
            new LinkLimits(Limits.DEFAULT, PATIENCE, 16, 10_000, 1 << 20, Duration.ofSeconds(1));
    private final LinkRegistry registry =
            new LinkRegistry(_ -> local, limits, counters, InstantSource.system(), () -> "localhost:1");

    @BeforeEach
    void open() {
        registry.open(core);
    }

    @Test
    void a_link_whose_writes_fail_before_the_container_tells_of_the_peers_close_ends_with_its_code() throws Exception {
        Stranger stranger = linked();
        LinkId id = Objects.requireNonNull(stranger.link.id());
        stranger.session.refuseWrites();
        Objects.requireNonNull(registry.send(id, Frame.of(new Message.Ping(1)))).wake();
        await().atMost(PATIENCE).until(() -> stranger.session.refusedWrites() == 1);
        await().during(Duration.ofMillis(100)).atMost(PATIENCE).until(() -> ends().isEmpty());
        stranger.link.closed(new CloseStatus(CloseCode.IDENTITY_IN_USE.number()));
        assertThat(ends()).containsExactly(new Input.LinkDown(id, CloseCode.IDENTITY_IN_USE));
        await().atMost(PATIENCE).until(() -> !stranger.session.isOpen());
        assertThat(ends()).hasSize(1);
    }

    @Test
    void a_link_whose_writes_fail_is_lost_though_the_container_tells_nothing() throws Exception {
        Stranger stranger = linked();
        LinkId id = Objects.requireNonNull(stranger.link.id());
        stranger.session.refuseWrites();
        Objects.requireNonNull(registry.send(id, Frame.of(new Message.Ping(1)))).wake();
        await().atMost(PATIENCE).until(() -> !ends().isEmpty());
        assertThat(ends()).containsExactly(new Input.LinkDown(id, CloseCode.ABNORMAL));
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void a_link_that_is_given_up_because_a_write_does_not_end_says_so(CapturedOutput output) throws Exception {
        Stranger stranger = linked();
        stranger.session.holdWrites();
        Objects.requireNonNull(registry.send(Objects.requireNonNull(stranger.link.id()), Frame.of(new Message.Ping(1))))
                .wake();
        await().atMost(PATIENCE).until(() -> {
            registry.endStuck();
            return !ends().isEmpty();
        });
        stranger.session.letWrite();
        assertThat(output.getAll()).contains(LOST_BY_A_WRITE.formatted(stranger.id(), 1000));
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void a_link_whose_write_the_container_gives_up_says_so(CapturedOutput output) throws Exception {
        Duration bound = Duration.ofMillis(1);
        LinkRegistry impatient = new LinkRegistry(
                _ -> local,
                new LinkLimits(Limits.DEFAULT, PATIENCE, 16, 10_000, 1 << 20, bound),
                counters,
                InstantSource.system(),
                () -> "localhost:1");
        impatient.open(core);
        Stranger stranger = new Stranger(impatient);
        stranger.prove();
        stranger.say();
        stranger.session.holdWrites();
        Objects.requireNonNull(
                        impatient.send(Objects.requireNonNull(stranger.link.id()), Frame.of(new Message.Ping(1))))
                .wake();
        await().atMost(PATIENCE).until(stranger.session::isWriting);
        long since = System.nanoTime();
        await().atMost(PATIENCE).until(() -> System.nanoTime() - since >= bound.toNanos());
        stranger.vanish();
        stranger.session.letWrite();
        assertThat(output.getAll()).contains(LOST_BY_A_WRITE.formatted(stranger.id(), 1));
    }

    @Test
    void a_handshake_whose_writes_fail_before_the_container_tells_of_the_refusal_is_told_as_refused() {
        PretendedSession session = new PretendedSession();
        session.refuseWrites();
        LinkSession link = dialled(session);
        await().atMost(PATIENCE).until(() -> session.refusedWrites() == 1);
        await().during(Duration.ofMillis(100))
                .atMost(PATIENCE)
                .until(() -> core.told().isEmpty());
        link.closed(new CloseStatus(CloseCode.WRONG_CLUSTER.number()));
        assertThat(core.told()).containsExactly(new Input.DialFailed(DIALLED, CloseCode.WRONG_CLUSTER));
        assertThat(counters.handshakeFailures(CloseCode.WRONG_CLUSTER)).isEqualTo(1);
    }

    @Test
    void a_handshake_whose_writes_fail_is_counted_though_the_container_tells_nothing() {
        PretendedSession session = new PretendedSession();
        session.refuseWrites();
        LinkSession _ = dialled(session);
        await().atMost(PATIENCE).until(() -> !core.told().isEmpty());
        assertThat(core.told()).containsExactly(new Input.DialFailed(DIALLED, CloseCode.ABNORMAL));
        assertThat(counters.handshakeFailures(CloseCode.ABNORMAL)).isEqualTo(1);
        assertThat(registry.refusalLog().views())
                .singleElement()
                .extracting(RefusalView::code)
                .isEqualTo(CloseCode.ABNORMAL.number());
    }

    /** As when a node that only looked whether there is room goes just then. */
    @Test
    void a_link_that_this_node_closes_ends_with_its_reason_though_the_peers_close_crosses_it() throws Exception {
        Stranger stranger = linked();
        LinkId id = Objects.requireNonNull(stranger.link.id());
        stranger.session.holdWrites();
        Objects.requireNonNull(registry.send(id, Frame.of(new Message.Ping(1)))).wake();
        await().atMost(PATIENCE).until(stranger.session::isWriting);
        registry.close(id, CloseCode.FULL);
        stranger.link.closed(CloseStatus.NORMAL);
        stranger.session.letWrite();
        assertThat(ends()).containsExactly(new Input.LinkDown(id, CloseCode.FULL));
        assertThat(registry.refusalLog().views())
                .singleElement()
                .extracting(RefusalView::code, RefusalView::reason)
                .containsExactly(CloseCode.FULL.number(), "full");
    }

    @Test
    void what_goes_wrong_while_a_session_is_closed_does_not_change_why() {
        List<CloseCode> ended = new CopyOnWriteArrayList<>();
        PretendedSession session = new PretendedSession();
        LinkEnding ending = ending(session, ended);
        assertThat(ending.refuse(CloseCode.WRONG_CLUSTER, "")).isTrue();
        ending.now(CloseCode.ABNORMAL, "");
        assertThat(ending.refuse(CloseCode.MALFORMED, "")).isFalse();
        assertThat(ended).containsExactly(CloseCode.WRONG_CLUSTER);
        assertThat(ending.decided()).isEqualTo(CloseCode.WRONG_CLUSTER);
        assertThat(session.closedWith()).isEqualTo(CloseCode.WRONG_CLUSTER.number());
    }

    @Test
    void a_stuck_writer_is_passed_once_and_for_the_reason_that_was_first() {
        List<CloseCode> ended = new CopyOnWriteArrayList<>();
        PretendedSession session = new PretendedSession();
        LinkEnding ending = ending(session, ended);
        assertThat(ending.refuse(CloseCode.WRONG_CLUSTER, "")).isTrue();
        ending.pastStuckWriter();
        ending.pastStuckWriter();
        await().atMost(PATIENCE).until(() -> !ended.isEmpty());
        await().during(Duration.ofMillis(100)).atMost(PATIENCE).until(() -> ended.size() == 1);
        assertThat(ended).containsExactly(CloseCode.WRONG_CLUSTER);
        assertThat(session.closedWith()).isEqualTo(CloseCode.WRONG_CLUSTER.number());
    }

    @Test
    void a_node_that_leaves_says_so_whatever_was_to_be_said_before() {
        List<CloseCode> ended = new CopyOnWriteArrayList<>();
        PretendedSession session = new PretendedSession();
        LinkEnding ending = ending(session, ended);
        ending.inOrder(CloseCode.FULL, "");
        ending.cut();
        await().atMost(PATIENCE).until(() -> ended.contains(CloseCode.GOING_AWAY));
        assertThat(session.closedWith()).isEqualTo(CloseCode.GOING_AWAY.number());
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void two_links_from_one_host_that_are_refused_at_once_are_both_told_of(CapturedOutput output) throws Exception {
        List<Stranger> strangers = List.of(linked(), linked());
        strangers.forEach(each -> each.link.receiveText("hello", true));
        await().atMost(PATIENCE).until(() -> ends().size() == 2);
        assertThat(output.getAll().lines())
                .filteredOn(line -> line.contains("WARN") && line.contains("link with a stranger closed by this node"))
                .hasSize(2);
    }

    @Test
    void whoever_hears_of_the_end_of_a_link_finds_that_the_core_knows_it() throws Exception {
        List<Input> known = new ArrayList<>();
        registry.tell(new RefusalLog.Configured() {
            @Override
            public RefusalLog.News failed(Address dialled, String why) {
                return RefusalLog.News.NOT_CONFIGURED;
            }

            @Override
            public void ended(@Nullable Address dialled, NodeId peer, String why) {
                known.addAll(ends());
            }
        });
        Stranger stranger = linked();
        stranger.vanish();
        assertThat(known)
                .containsExactly(new Input.LinkDown(Objects.requireNonNull(stranger.link.id()), CloseCode.ABNORMAL));
    }

    private Stranger linked() throws Exception {
        Stranger stranger = new Stranger(registry);
        stranger.prove();
        stranger.say();
        return stranger;
    }

    private LinkSession dialled(PretendedSession session) {
        LinkSession link = Objects.requireNonNull(registry.dialled(session, core, DIALLED, Intent.JOIN));
        registry.begin(link);
        return link;
    }

    private List<Input> ends() {
        return core.told().stream().filter(Input.LinkDown.class::isInstance).toList();
    }

    private LinkEnding ending(PretendedSession session, List<CloseCode> ended) {
        LinkWriter writer = new LinkWriter(session, limits, new LinkTraffic(counters));
        return new LinkEnding(
                writer, new Outbox(), Duration.ofMinutes(1), "a stranger", (code, status) -> ended.add(code));
    }
}
