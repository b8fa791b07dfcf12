package dev.wsmesh.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeDirectoryTest {
    @TempDir
    private Path temporary = Path.of("");

    private Path directory() {
        return temporary.resolve("data").resolve("node");
    }

    private static void assertRefused(Path directory, String... parts) {
        assertThatExceptionOfType(NodeDirectoryException.class)
                .isThrownBy(() -> NodeDirectory.open(directory))
                .satisfies(refusal -> assertThat(refusal.getMessage()).contains(parts));
    }

    @Test
    void aNodeIsTheSameInItsNextRun() {
        NodeKey first;
        try (NodeDirectory opened = NodeDirectory.open(directory())) {
            first = opened.key();
        }
        try (NodeDirectory opened = NodeDirectory.open(directory())) {
            assertThat(opened.key().id()).isEqualTo(first.id());
            byte[] message = {1, 2, 3};
            assertThat(NodeKey.verify(first.publicKey(), message, opened.key().sign(message)))
                    .isTrue();
        }
    }

    @Test
    void nobodyElseMayReadTheKey() throws IOException {
        NodeDirectory.open(directory()).close();
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(directory().resolve("node.key"))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory())))
                .isEqualTo("rwx------");
    }

    @Test
    void anEpochIsNeverUsedTwiceWhateverTheClockSays() {
        try (NodeDirectory opened = NodeDirectory.open(directory())) {
            assertThat(opened.nextEpoch(1_000)).isEqualTo(1_000);
        }
        try (NodeDirectory opened = NodeDirectory.open(directory())) {
            assertThat(opened.nextEpoch(500)).isEqualTo(1_001);
            opened.persist(7_000);
        }
        try (NodeDirectory opened = NodeDirectory.open(directory())) {
            assertThat(opened.nextEpoch(6_000)).isEqualTo(7_001);
            assertThat(opened.nextEpoch(9_000)).isEqualTo(9_000);
        }
    }

    @Test
    void twoNodesDoNotShareADirectory() {
        try (NodeDirectory opened = NodeDirectory.open(directory())) {
            assertRefused(directory(), directory().toString(), "in use by another node", "mesh.data-dir");
            assertThat(opened.key()).isNotNull();
        }
        NodeDirectory.open(directory()).close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "secret\npublic\n", "secret AAAA\npublic AAAA\n", "secret *\n", "nonsense"})
    void aDamagedKeyIsNotSilentlyReplaced(String text) throws IOException {
        NodeDirectory.open(directory()).close();
        Files.writeString(directory().resolve("node.key"), text);
        assertRefused(directory(), "node.key", "restore it, or remove it to become another node");
        assertThat(Files.readString(directory().resolve("node.key"))).isEqualTo(text);
    }

    @Test
    void halvesOfTwoKeysAreNoKey() throws IOException {
        Path other = temporary.resolve("other");
        NodeDirectory.open(directory()).close();
        NodeDirectory.open(other).close();
        String one = Files.readString(directory().resolve("node.key"));
        String two = Files.readString(other.resolve("node.key"));
        Files.writeString(
                directory().resolve("node.key"),
                one.substring(0, one.indexOf("public")) + two.substring(two.indexOf("public")));
        assertRefused(directory(), "node.key", "holds no key of a node");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "many"})
    void aDamagedEpochIsNotTakenForZero(String text) throws IOException {
        NodeDirectory.open(directory()).close();
        Files.writeString(directory().resolve("epoch"), text);
        assertRefused(directory(), "epoch", "holds no epoch");
    }

    @Test
    void aDirectoryThatCannotBeMadeIsNamed() throws IOException {
        Path file = Files.createFile(temporary.resolve("file"));
        assertRefused(file.resolve("node"), file.toString(), "cannot be used to keep the node's key");
    }

    @Test
    void noDraftsAreLeftBehind() throws IOException {
        try (NodeDirectory opened = NodeDirectory.open(directory())) {
            for (int i = 0; i < 10; i++) {
                opened.nextEpoch(i);
            }
        }
        try (var files = Files.list(directory())) {
            assertThat(files.map(each -> each.getFileName().toString()))
                    .containsExactlyInAnyOrder("node.key", "epoch", "lock");
        }
    }
}
