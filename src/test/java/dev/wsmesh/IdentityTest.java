package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.cli.Terminal;
import dev.wsmesh.identity.ClusterKey;
import dev.wsmesh.identity.ClusterKeyFile;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.NodeId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Who a node is, and the key that lets it in: given, kept, and shown to nobody. */
@ExtendWith(OutputCaptureExtension.class)
class IdentityTest {

    private static final String KEY = ClusterKey.generate();

    @TempDir
    private Path directory;

    @Test
    void a_copy_of_a_data_directory_is_noticed_by_a_node_that_both_dial(@TempDir Path directory) throws Exception {
        Path copy = Files.createDirectory(directory.resolve("copy"));
        Path original = directory.resolve("original");
        try (TestNode hub = TestNode.start();
                TestNode first = TestNode.start("--mesh.data-dir=" + original, "--mesh.peers=" + hub.url())
                        .awaitNeighbours(1)) {
            for (String file : List.of("node.key", "epoch")) {
                Files.copy(original.resolve(file), copy.resolve(file));
            }
            try (TestNode second = TestNode.start("--mesh.data-dir=" + copy, "--mesh.peers=" + hub.url())
                    .awaitNeighbours(1)) {
                await().atMost(PATIENCE).until(() -> first.counters().handshakeFailures(CloseCode.IDENTITY_IN_USE) > 0);
                assertThat(first.get("/actuator/health").body()).contains("two processes have the same key");
                assertThat(hub.get("/actuator/health").body()).contains("two processes have the same key");
                assertThat(second.core().links()).hasSize(1);
            }
        }
    }

    @Test
    void the_key_is_shown_to_nobody(CapturedOutput output) throws Exception {
        try (TestNode node = TestNode.start(
                "--mesh.key=" + KEY,
                "--spring.application.json={\"remark\":\"" + KEY + "\"}",
                "--management.endpoints.web.exposure.include=*",
                "--management.endpoint.env.show-values=always",
                "--management.endpoint.configprops.show-values=always",
                "--logging.level.dev.wsmesh=DEBUG")) {
            for (String path : List.of("/actuator/env", "/actuator/env/mesh.key", "/actuator/configprops")) {
                assertThat(node.get(path).body()).as(path).contains("mesh").doesNotContain(KEY);
            }
            assertThat(output.getAll()).doesNotContain(KEY);
        }
    }

    @Test
    void without_a_key_a_node_that_others_can_reach_starts_only_if_that_is_meant(CapturedOutput output) {
        complaint("--mesh.bind=0.0.0.0:0").contains("mesh.key: ", "mesh.security.open=true");
        try (TestNode open = TestNode.start("--mesh.bind=0.0.0.0:0", "--mesh.security.open=true")) {
            assertThat(output.getAll()).contains("this node has no cluster key");
            assertThat(open.neighbours()).isEmpty();
        }
        try (TestNode closed = TestNode.start("--mesh.bind=0.0.0.0:0", "--mesh.key=" + KEY)) {
            assertThat(closed.neighbours()).isEmpty();
        }
    }

    @Test
    void a_key_that_is_none_is_refused_without_showing_it() {
        complaint("--mesh.key=c2hvcnQ=").contains("mesh.key: ", "32").doesNotContain("c2hvcnQ=");
        complaint("--mesh.key=no base64!").contains("mesh.key: ", "base64").doesNotContain("no base64!");
        complaint("--mesh.key=" + KEY + "," + KEY + "," + KEY)
                .contains("at most 2")
                .doesNotContain(KEY);
        String zeros = "A".repeat(43) + "=";
        complaint("--mesh.key=" + zeros)
                .contains("mesh.key: ", "the same", "'key'")
                .doesNotContain(zeros);
    }

    @Test
    void a_variable_that_got_lost_is_no_way_in() {
        for (String nothing : List.of("", " ", ",")) {
            complaint("--mesh.key=" + nothing).contains("mesh.key: ", "the command 'key'", "leave the property out");
        }
        complaint("--mesh.allowed-nodes=").contains("mesh.allowed-nodes: ", "or *", "leave the property out");
    }

    @Test
    void all_that_know_the_key_are_let_in_where_that_is_said() {
        try (TestNode one = TestNode.start("--mesh.allowed-nodes=*");
                TestNode two = TestNode.start("--mesh.peers=" + one.url())) {
            two.awaitNeighbours(1);
        }
    }

    @Test
    void what_stands_in_the_place_of_a_key_file_is_no_key_file_because_it_is_there() throws Exception {
        Terminal terminal = new Terminal();
        String file = directory.resolve("made.key").toString();
        assertThat(terminal.run("key", "--file", file)).isZero();
        assertThat(terminal.out()).contains("holds a new cluster key");
        assertThat(terminal.run("key", "--file", file)).isZero();
        assertThat(terminal.out()).contains("is there already, and is kept");
        Path empty = Files.createFile(directory.resolve("empty.key"));
        assertThat(terminal.run("key", "--file", empty.toString())).isNotZero();
        assertThat(terminal.err()).contains(empty.toString(), "it holds no key");
        assertThat(terminal.run("key", "--file", directory.toString())).isNotZero();
        assertThat(terminal.err()).contains(directory.toString(), "it is a directory");
        Path other = Files.writeString(directory.resolve("other.key"), "c2hvcnQ=");
        assertThat(terminal.run("key", "--file", other.toString())).isNotZero();
        assertThat(terminal.err()).contains("this one has 5").doesNotContain("c2hvcnQ=");
        assertThat(Files.readString(other)).isEqualTo("c2hvcnQ=");
    }

    @Test
    void the_key_may_stand_in_a_file() throws Exception {
        Path file = directory.resolve("cluster.key");
        assertThat(ClusterKeyFile.createIfAbsent(file)).isTrue();
        String made = Files.readString(file);
        assertThat(ClusterKeyFile.createIfAbsent(file)).as("it is kept").isFalse();
        assertThat(Files.readString(file)).isEqualTo(made);
        try (TestNode one = TestNode.start("--mesh.key-file=" + file);
                TestNode two = TestNode.start("--mesh.key-file=" + file, "--mesh.peers=" + one.url())) {
            two.awaitNeighbours(1);
        }
        complaint("--mesh.key-file=" + file, "--mesh.key=" + KEY).contains("mesh.key is set as well");
        complaint("--mesh.key-file=" + directory.resolve("missing")).contains("mesh.key-file: ", "cannot be read");
        Path empty = Files.createFile(directory.resolve("empty"));
        complaint("--mesh.key-file=" + empty).contains("holds no key");
    }

    @Test
    void a_node_with_a_directory_stays_who_it_is_and_nobody_else_can_be_it() {
        String dataDir = "--mesh.data-dir=" + directory.resolve("node");
        NodeId id;
        try (TestNode node = TestNode.start(dataDir)) {
            id = node.id();
            complaint(dataDir).contains("mesh.data-dir: ", "is in use by another node");
        }
        try (TestNode again = TestNode.start(dataDir)) {
            assertThat(again.id()).isEqualTo(id);
        }
        try (TestNode other = TestNode.start()) {
            assertThat(other.id()).isNotEqualTo(id);
        }
    }

    @Test
    void an_epoch_beyond_reason_is_told_at_the_start_and_not_by_everybody_elses_refusal() throws Exception {
        String dataDir = "--mesh.data-dir=" + directory;
        try (TestNode node = TestNode.start(dataDir)) {
            assertThat(node.neighbours()).isEmpty();
        }
        Files.writeString(directory.resolve("epoch"), "4100000000000\n");
        complaint(dataDir).contains("mesh.data-dir: ", "ahead of this machine's clock", "remove the file");
    }

    /** What the node says when it cannot be started with these properties. */
    private static AbstractStringAssert<?> complaint(String... properties) {
        List<String> complaints = new java.util.ArrayList<>();
        assertThatThrownBy(() -> TestNode.start(properties).close())
                .satisfies(failure -> complaints.add(String.valueOf(failure.getMessage())));
        return assertThat(complaints.getFirst()).doesNotContain("\n");
    }
}
