package dev.wsmesh.config;

import dev.wsmesh.identity.ClusterKeyFile;
import dev.wsmesh.identity.ClusterKeys;
import dev.wsmesh.protocol.NodeId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what decides who a node is, and whom it lets in. No message ever contains a key. */
final class IdentityProperties {
    private static final Logger log = LoggerFactory.getLogger(IdentityProperties.class);

    /** Longer ones would not fit into a handshake. */
    private static final int MOST_CLUSTER_BYTES = 255;

    private static final String KEY = "mesh.key";
    private static final String KEY_FILE = "mesh.key-file";

    private IdentityProperties() {}

    static void check(String cluster, List<String> allowedNodes, @Nullable String dataDir) {
        Rules.require(
                cluster.getBytes(StandardCharsets.UTF_8).length <= MOST_CLUSTER_BYTES,
                "mesh.cluster",
                cluster,
                "a name of at most " + MOST_CLUSTER_BYTES + " bytes in UTF-8");
        Set<NodeId> _ = allowed(allowedNodes);
        if (dataDir != null) {
            Path _ = path("mesh.data-dir", dataDir);
        }
    }

    static Set<NodeId> allowed(List<String> texts) {
        Set<NodeId> allowed = new LinkedHashSet<>();
        for (String text : texts) {
            allowed.add(Rules.parse("mesh.allowed-nodes", text.strip(), NodeId::parse));
        }
        return allowed;
    }

    /** The keys of the property, or of the file; there may be none. */
    static ClusterKeys keys(List<SecretText> inline, @Nullable String file) {
        List<String> texts = inline.stream()
                .map(SecretText::value)
                .filter(text -> !text.isBlank())
                .toList();
        if (file == null) {
            return parse(KEY, texts);
        }
        if (!texts.isEmpty()) {
            throw new InvalidPropertyException(KEY_FILE, KEY + " is set as well; give one of them");
        }
        ClusterKeys keys = parse(KEY_FILE, read(KEY_FILE, file));
        if (keys.isEmpty()) {
            throw new InvalidPropertyException(KEY_FILE, "'" + file + "' holds no key; the command 'key' makes one");
        }
        return keys;
    }

    static Path path(String property, String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new InvalidPropertyException(property, "'" + text + "' is no path: " + e.getReason());
        }
    }

    private static ClusterKeys parse(String property, List<String> texts) {
        try {
            return ClusterKeys.parse(texts);
        } catch (IllegalArgumentException e) {
            throw new InvalidPropertyException(property, String.valueOf(e.getMessage()));
        }
    }

    /** Says so where others on this machine can read what is a secret. */
    static void warnIfReadable(Path secret) {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(secret);
            if (permissions.contains(PosixFilePermission.OTHERS_READ)) {
                log.warn("{} can be read by everybody on this machine, and is a secret: chmod o-r", secret);
            }
        } catch (IOException | UnsupportedOperationException e) {
            log.debug("nothing is known of who may read {}", secret, e);
        }
    }

    /** The lines of a file with secrets that mean something. */
    static List<String> read(String property, String file) {
        try {
            warnIfReadable(path(property, file));
            return ClusterKeyFile.read(path(property, file));
        } catch (IOException e) {
            throw new InvalidPropertyException(
                    property, "'" + file + "' cannot be read (" + e.getClass().getSimpleName() + ")");
        }
    }
}
