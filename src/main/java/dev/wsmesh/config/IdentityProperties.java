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

    /** Instead of ids: all that know the key. */
    static final String ALL_NODES = "*";

    private static final String KEY = "mesh.key";
    private static final String ALLOWED_NODES = "mesh.allowed-nodes";
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

    /** The only nodes that are let in; none of them if all are. */
    static Set<NodeId> allowed(List<String> texts) {
        // Whoever names the property means to keep others out: a variable that got lost must not let in everybody.
        Rules.require(
                !texts.isEmpty(),
                ALLOWED_NODES,
                "",
                "ids of nodes, or " + ALL_NODES + " for all that know the key, or leave the property out");
        Set<NodeId> allowed = new LinkedHashSet<>();
        if (!texts.equals(List.of(ALL_NODES))) {
            for (String text : texts) {
                allowed.add(Rules.parse(ALLOWED_NODES, text.strip(), NodeId::parse));
            }
        }
        return allowed;
    }

    /** Complains about a property that was set to nothing. */
    static void requireKey(List<SecretText> inline) {
        Rules.require(
                inline.stream().anyMatch(key -> !key.value().isBlank()),
                KEY,
                "",
                "a cluster key (the command 'key' makes one), or leave the property out");
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
