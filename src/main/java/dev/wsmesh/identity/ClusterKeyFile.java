package dev.wsmesh.identity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A file that holds a cluster key, for all nodes of a mesh to read. */
public final class ClusterKeyFile {
    private static final String REMARK = "# The key of a wsmesh cluster: whoever has it can join the mesh.\n";

    private ClusterKeyFile() {}

    /**
     * Makes the file, with a new key in it, readable by its owner only; one that is there already is kept.
     *
     * @return whether it was made
     * @throws IOException if it cannot be written
     */
    public static boolean createIfAbsent(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (Files.exists(file)) {
            return false;
        }
        if (directory != null) {
            Files.createDirectories(directory);
        }
        SecretFiles.replace(file, REMARK + ClusterKey.generate() + "\n");
        return true;
    }

    /**
     * The keys in a file: one in each line, lines that begin with {@code #} are skipped.
     *
     * @throws IOException if it cannot be read
     */
    public static List<String> read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.US_ASCII)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
    }
}
