package dev.wsmesh.identity;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The cluster keys that a node accepts: none in an open mesh, one as a rule, two while one replaces the other. The first is
 * the one that the node proves itself by where it has to speak first.
 */
public final class ClusterKeys {
    public static final ClusterKeys NONE = new ClusterKeys(List.of());

    /** The old and the new. */
    public static final int MOST = 2;

    private final List<ClusterKey> keys;

    private ClusterKeys(List<ClusterKey> keys) {
        this.keys = keys;
    }

    /**
     * The keys that these texts stand for.
     *
     * @throws IllegalArgumentException if there are more than {@value #MOST}, or as {@link ClusterKey#parse} says
     */
    public static ClusterKeys parse(List<String> texts) {
        if (texts.size() > MOST) {
            throw new IllegalArgumentException(
                    "at most " + MOST + " cluster keys, the new one and the old one, not " + texts.size());
        }
        List<ClusterKey> keys = new ArrayList<>();
        for (String text : texts) {
            keys.add(ClusterKey.parse(text));
        }
        return new ClusterKeys(List.copyOf(keys));
    }

    public boolean isEmpty() {
        return keys.isEmpty();
    }

    @Nullable
    ClusterKey first() {
        return keys.isEmpty() ? null : keys.getFirst();
    }

    /** The key that this is the message's code of; null if it is none of ours. */
    @Nullable
    ClusterKey matching(byte[] message, byte[] code) {
        ClusterKey matching = null;
        for (ClusterKey key : keys) {
            if (NodeKey.isSame(key.mac(message), code)) {
                matching = key;
            }
        }
        return matching;
    }

    @Override
    public String toString() {
        return "ClusterKeys[" + keys.size() + "]";
    }
}
