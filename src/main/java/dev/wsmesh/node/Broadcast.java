package dev.wsmesh.node;

import java.util.function.Supplier;

/** The periodic broadcast: one text to every peer, with its index and this node's address filled in. */
public final class Broadcast {

    /** Stands for the peer's index in the order of linking, from 0. */
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

    /** Sends the text to every connected peer now. */
    public PublishReceipt send() {
        String text = template.replace(BIND, bind.get());
        return node.publishToEach(index -> text.replace(INDEX, Integer.toString(index)));
    }
}
