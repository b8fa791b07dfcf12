package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.identity.NodeKey;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Message;
import dev.wsmesh.wire.WireException;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Each refusal of a handshake that the protocol lists is shown with its code by {@code /actuator/mesh}, the meters and the log, at the end
 * that refuses and at the one that is refused. Those of nodes with other keys, clusters and lists stand in {@link LinksTest}.
 */
@ExtendWith(OutputCaptureExtension.class)
class RefusalCodesTest {

    /** So that there is one refusal and no second. */
    private static final List<String> DIALS_ONCE = List.of("--mesh.dial.backoff-min=5m", "--mesh.dial.backoff-max=5m");

    /** What a dialler does that is refused. */
    record Offence(CloseCode code, Deed deed) {
        @Override
        public String toString() {
            return code.name();
        }
    }

    @FunctionalInterface
    interface Deed {
        void by(HostilePeer dialler) throws IOException;
    }

    static Stream<Offence> offences() {
        return Stream.of(
                new Offence(CloseCode.MALFORMED, dialler -> dialler.sendBytes(new byte[] {1, 2, 3})),
                new Offence(
                        CloseCode.UNSUPPORTED_DATA, dialler -> dialler.socket().sendText("hello")),
                new Offence(CloseCode.TOO_LARGE, dialler -> dialler.sendBytes(new byte[5_000])),
                new Offence(CloseCode.PROTOCOL_VERSION, dialler -> dialler.sendBytes(greetingOfVersion(99))),
                new Offence(CloseCode.HANDSHAKE_TIMEOUT, _ -> {}));
    }

    @ParameterizedTest
    @MethodSource("offences")
    void who_refuses_a_handshake_shows_the_code(Offence offence, CapturedOutput output) throws Exception {
        try (TestNode node = TestNode.start("--mesh.links.handshake-timeout=1s");
                HostilePeer dialler = HostilePeer.dial(node.port())) {
            offence.deed().by(dialler);
            assertThat(dialler.closeCode()).isEqualTo(offence.code().number());
            assertShows(node, offence.code(), "accepted", "closed by this node");
            assertThat(awaitLines(output, node, "closed by this node", offence.code()))
                    .singleElement()
                    .asString()
                    .contains(" WARN ");
        }
    }

    /** Whatever a peer, which knows better, closes with; but that it is this node itself is not believed. */
    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            // The first two turn nobody away, and the others no node sends in a handshake.
            names = {"NORMAL", "GOING_AWAY", "TOO_SLOW", "ABNORMAL", "UNRESPONSIVE"})
    void whose_handshake_is_refused_shows_the_code(CloseCode code, CapturedOutput output) throws Exception {
        try (OddPeer acceptor = OddPeer.saying(dialler -> dialler.sendClose(code.number()));
                TestNode node = TestNode.start(dialling(acceptor.url()))) {
            CloseCode shown = code == CloseCode.SELF ? CloseCode.MALFORMED : code;
            assertShows(node, shown, "dialled", "ended by the peer");
            switch (shown) {
                // What goes on in a mesh that is well is told at DEBUG.
                case DUPLICATE_LINK, FULL ->
                    assertThat(lines(output, node, "ended by the peer", shown)).isEmpty();
                default ->
                    assertThat(awaitLines(output, node, "ended by the peer", shown))
                            .singleElement()
                            .asString()
                            .contains(" WARN ");
            }
        }
    }

    @Test
    void two_processes_with_one_key_both_show_it(@TempDir Path directory, CapturedOutput output) throws Exception {
        Path original = directory.resolve("original");
        Path copy = Files.createDirectory(directory.resolve("copy"));
        try (TestNode first = TestNode.start("--mesh.data-dir=" + original)) {
            Files.copy(original.resolve("node.key"), copy.resolve("node.key"));
            try (TestNode second = TestNode.start(dialling(first.url(), "--mesh.data-dir=" + copy))) {
                assertShows(first, CloseCode.IDENTITY_IN_USE, "accepted", "closed by this node");
                assertShows(second, CloseCode.IDENTITY_IN_USE, "dialled", "ended by the peer");
                assertThat(awaitLines(output, first, "closed by this node", CloseCode.IDENTITY_IN_USE))
                        .hasSize(1);
                assertThat(awaitLines(output, second, "ended by the peer", CloseCode.IDENTITY_IN_USE))
                        .hasSize(1);
            }
        }
    }

    @Test
    void a_node_that_dials_itself_shows_both_ends_of_that(CapturedOutput output) throws Exception {
        int port = FreePorts.find(1)[0];
        try (TestNode node = TestNode.startAt(port, dialling("ws://localhost:" + port))) {
            await().atMost(PATIENCE).untilAsserted(() -> {
                JsonNode mesh = mesh(node);
                assertThat(mesh.path("configuredPeers").path(0).path("state").asString())
                        .isEqualTo("self");
                assertThat(mesh.path("refusals"))
                        .allMatch(each -> each.path("code").asInt() == CloseCode.SELF.number())
                        .extracting(each -> each.path("direction").asString())
                        .containsExactlyInAnyOrder("accepted", "dialled");
            });
            assertThat(failedHandshakes(node, CloseCode.SELF)).isEqualTo(2);
            await().atMost(PATIENCE).until(() -> output.getOut().contains("4002 (self)"));
            assertThat(output.getOut().lines().filter(line -> line.contains("4002 (self)")))
                    .as("told by the end that dialled")
                    .singleElement()
                    .asString()
                    .contains(" INFO ");
        }
    }

    private static void assertShows(TestNode node, CloseCode code, String direction, String how) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode refusals = mesh(node).path("refusals");
            assertThat(refusals).hasSize(1);
            JsonNode refusal = refusals.path(0);
            assertThat(refusal.path("phase").asString()).isEqualTo("handshake");
            assertThat(refusal.path("code").asInt()).isEqualTo(code.number());
            assertThat(refusal.path("name").asString()).isEqualTo(words(code, ' '));
            assertThat(refusal.path("direction").asString()).isEqualTo(direction);
            assertThat(refusal.path("how").asString()).isEqualTo(how);
            assertThat(refusal.path("times").asInt()).isEqualTo(1);
        });
        for (CloseCode each : CloseCode.values()) {
            assertThat(failedHandshakes(node, each)).as("%s", each).isEqualTo(each == code ? 1 : 0);
        }
    }

    /** The same, once there is something: a refusal is kept for the endpoint before it is told. */
    private static List<String> awaitLines(CapturedOutput output, TestNode node, String how, CloseCode code) {
        return await().atMost(PATIENCE).until(() -> lines(output, node, how, code), lines -> !lines.isEmpty());
    }

    /** What the log says of handshakes of this node that ended so. */
    private static List<String> lines(CapturedOutput output, TestNode node, String how, CloseCode code) {
        String words = how + " with " + code.number() + " (" + words(code, ' ') + ")";
        return output.getOut()
                .lines()
                .filter(line -> line.contains(node.bind() + ": handshake with ") && line.contains(words))
                .toList();
    }

    private static double failedHandshakes(TestNode node, CloseCode code) {
        FunctionCounter counter = node.bean(MeterRegistry.class)
                .get("mesh.handshakes.failed")
                .tag("code", words(code, '-'))
                .functionCounter();
        return counter.count();
    }

    private static String words(CloseCode code, char between) {
        return code.name().toLowerCase(Locale.ROOT).replace('_', between);
    }

    private static JsonNode mesh(TestNode node) throws IOException, InterruptedException {
        return JsonMapper.shared().readTree(node.get("/actuator/mesh").body());
    }

    private static String[] dialling(String url, String... properties) {
        return Stream.of(DIALS_ONCE.stream(), Stream.of(properties), Stream.of("--mesh.peers=" + url))
                .flatMap(each -> each)
                .toArray(String[]::new);
    }

    private static byte[] greetingOfVersion(int version) {
        Message.Hello hello = greeting();
        return HostilePeer.CODEC.encode(new Message.Hello(
                List.of(version),
                hello.cluster(),
                hello.publicKey(),
                hello.epoch(),
                hello.instance(),
                hello.nonce(),
                hello.frameBytes(),
                hello.intent(),
                hello.endpoint(),
                hello.secondSocket(),
                hello.joins()));
    }

    private static Message.Hello greeting() {
        try {
            return (Message.Hello) HostilePeer.CODEC.decode(HostilePeer.greeting(NodeKey.generate()));
        } catch (WireException e) {
            throw new IllegalStateException(e);
        }
    }
}
