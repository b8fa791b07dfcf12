package dev.wsmesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.cli.Terminal;
import dev.wsmesh.identity.ClusterKey;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Intent;
import dev.wsmesh.protocol.Message;
import dev.wsmesh.seed.RawWebSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command {@code doctor} against nodes of another mesh, key or version. */
class DoctorHandshakeTest {

    private static final String KEY = ClusterKey.generate();

    private final DoctorCalls doctor = new DoctorCalls();
    private final Terminal terminal = doctor.terminal();

    @Test
    void a_node_with_another_key_or_one_where_doctor_has_none_fails_at_the_handshake(@TempDir Path directory)
            throws IOException {
        try (TestNode node = TestNode.start("--mesh.key=" + KEY)) {
            doctor.fails("handshake", node.url());
            assertThat(terminal.lastLine())
                    .contains("4003 (unauthenticated)", "; give both the same cluster key: MESH_KEY");
            Path file = Files.writeString(directory.resolve("key"), "# other\n" + ClusterKey.generate() + "\n");
            doctor.fails("handshake", node.url(), "--key-file", file.toString());
            assertThat(terminal.lastLine()).contains("its cluster key is none of this node's");
            assertThat(terminal.run("doctor", node.url(), "--key", KEY)).isZero();
            assertThat(terminal.out()).contains("; it listens on port " + node.port() + " (ws, path /)");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"MESH_KEYFILE", "MESH_KEY_FILE"})
    void the_file_with_the_key_is_found_as_a_node_finds_it(String variable, @TempDir Path directory)
            throws IOException {
        Path file = Files.writeString(directory.resolve("key"), KEY + "\n");
        terminal.with(variable, file.toString());
        try (TestNode node = TestNode.start("--mesh.key=" + KEY)) {
            assertThat(terminal.run("doctor", node.url())).isZero();
        }
        terminal.with("MESH_KEY", KEY);
        assertThat(terminal.run("doctor", "ws://localhost:1")).isEqualTo(2);
        assertThat(terminal.err()).contains("MESH_KEY and " + variable + ": give one of them");
    }

    @Test
    void a_key_that_the_command_makes_is_one_that_a_node_takes() {
        assertThat(terminal.run("key")).isZero();
        String key = terminal.lastLine();
        try (TestNode node = TestNode.start("--mesh.key=" + key);
                TestNode _ = TestNode.start("--mesh.key=" + key, "--mesh.peers=" + node.url())
                        .awaitNeighbours(1)) {
            assertThat(terminal.run("doctor", node.url(), "--key", key)).isZero();
            doctor.fails("handshake", node.url());
        }
    }

    @Test
    void a_node_without_a_key_fails_at_the_handshake_of_who_has_one() {
        try (TestNode node = TestNode.start()) {
            terminal.with("MESH_KEY", KEY);
            doctor.fails("handshake", node.url());
            assertThat(terminal.lastLine())
                    .contains("it has a cluster key, this node has none")
                    .doesNotContain(KEY);
        }
    }

    @Test
    void a_node_of_another_mesh_fails_at_the_handshake() {
        try (TestNode node = TestNode.start("--mesh.cluster=prod")) {
            doctor.fails("handshake", node.url(), "--cluster=test");
            assertThat(terminal.lastLine()).contains("4004 (wrong cluster)", "; give both the same mesh.cluster");
        }
    }

    @Test
    void a_node_that_lets_in_only_those_on_its_list_fails_at_the_handshake_with_the_reason() {
        try (TestNode node = TestNode.start("--mesh.allowed-nodes=aaaaaaaaaaaaaaaaaaaaaaaaae")) {
            doctor.fails("handshake", node.url());
            assertThat(terminal.lastLine()).contains("; the peer lists whom it lets in (mesh.allowed-nodes)");
        }
    }

    @Test
    void a_node_of_another_version_fails_at_the_version() throws Exception {
        Message.Hello hello = new Message.Hello(
                List.of(8, 9),
                "",
                Bytes.wrap(new byte[32]),
                1,
                1,
                Bytes.wrap(new byte[32]),
                1 << 20,
                Intent.JOIN,
                "",
                false,
                Bytes.EMPTY);
        try (OddPeer future =
                OddPeer.saying(peer -> peer.send(RawWebSocket.BINARY, true, HostilePeer.CODEC.encode(hello)))) {
            doctor.fails("version", future.url());
            assertThat(terminal.lastLine()).contains("it speaks versions [8, 9], this node version 1; run versions");
        }
    }

    @ParameterizedTest
    @EnumSource(CloseCode.class)
    void a_peer_that_closes_is_told_with_its_code_and_advice(CloseCode code) throws Exception {
        byte[] reason = "because".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer close = ByteBuffer.allocate(2 + reason.length)
                .putShort((short) code.number())
                .put(reason);
        try (OddPeer closing = OddPeer.saying(peer -> peer.send(RawWebSocket.CLOSE, true, close.array()))) {
            doctor.fails(code == CloseCode.PROTOCOL_VERSION ? "version" : "handshake", closing.url());
            assertThat(terminal.lastLine())
                    .contains("the peer closed with " + code.number() + " (")
                    .contains("): 'because'; ");
        }
    }
}
