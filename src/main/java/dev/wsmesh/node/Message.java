package dev.wsmesh.node;

import java.util.Map;

/**
 * One received message.
 *
 * @param topic {@link Mesh#PLAIN_TOPIC} for what a plain peer sent
 * @param text the payload
 * @param headers {@link #PEER_HEADER} names the peer it came from
 */
public record Message(String topic, String text, Map<String, String> headers) implements Delivery {

    /** Header that carries the address of the plain peer that sent a text. */
    public static final String PEER_HEADER = "Mesh-Peer";

    /** Copies the headers. */
    public Message {
        headers = Map.copyOf(headers);
    }

    /** A text as a plain peer sent it. */
    public static Message plain(String text, String peerAddress) {
        return new Message(Mesh.PLAIN_TOPIC, text, Map.of(PEER_HEADER, peerAddress));
    }
}
