package dev.wsmesh.node;

import java.util.function.Supplier;

/**
 * The periodic broadcast: once to the whole mesh, and to each plain peer of this node, with the peer's index and this node's
 * address filled in.
 */
public final class Broadcast {

    /** Stands for the plain peer's index in the order of linking, from 0; in the mesh's one copy it is 0. */
    public static final String INDEX = "{index}";

    /** Stands for the address this node shows to others. */
    public static final String BIND = "{bind}";

    private final MeshNode node;
    private final String template;
    private final Supplier<String> bind;

    /** Creates a broadcast of a text in which {@link #INDEX} and {@link #BIND} are replaced. */
    public Broadcast(MeshNode node, String template, Supplier<String> bind) {
        this.node = node;
        this.template = template;
        this.bind = bind;
    }

    /** Sends it now; returns where the mesh's copy stands. */
    public PublishReceipt send() {
        String text = template.replace(BIND, bind.get());
        int _ = node.sendToEachPlainPeer(index -> text.replace(INDEX, Integer.toString(index)));
        return node.publish(Publication.of(Mesh.BROADCAST_TOPIC, text.replace(INDEX, "0"))
                .with(PublishOptions.DEFAULT.on(PublishOptions.Backpressure.FAIL)));
    }
}
