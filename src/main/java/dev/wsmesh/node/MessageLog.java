package dev.wsmesh.node;

import dev.wsmesh.protocol.NodeId;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what plain peers and other nodes' broadcasts say into the log, one line each; a logger of its own, to be silenced. */
public final class MessageLog implements MessageListener {

    private static final Logger log = LoggerFactory.getLogger("dev.wsmesh.messages");

    private final NodeId self;
    private final Supplier<String> bind;
    private final Function<NodeId, @Nullable String> names;

    /**
     * Creates a log of what others than this node say.
     *
     * @param names knows the names of nodes; null for those that have none yet
     */
    public MessageLog(NodeId self, Supplier<String> bind, Function<NodeId, @Nullable String> names) {
        this.self = self;
        this.bind = bind;
        this.names = names;
    }

    /** Begins to write. */
    public void follow(Mesh mesh) {
        Subscription _ = mesh.subscribe(Mesh.BROADCAST_TOPIC, this);
        Subscription _ = mesh.subscribe(Mesh.PLAIN_TOPIC, this);
    }

    @Override
    public void onMessage(Message message) {
        NodeId origin = message.position().stream().origin();
        String peer = message.header(Message.PEER_HEADER);
        // What a plain peer of another node says is that node's to write down; what we say ourselves is no news.
        if (log.isInfoEnabled() && origin.equals(self) == (peer != null)) {
            log.info(
                    "{} <- {}: {}", bind.get(), peer != null ? peer : shown(origin), LogText.printable(message.text()));
        }
    }

    private String shown(NodeId origin) {
        String name = names.apply(origin);
        return name == null ? origin.toString() : LogText.printable(name);
    }
}
