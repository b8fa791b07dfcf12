package dev.wsmesh.gateway.listener;

/**
 * Headers that a Spring message from the mesh has besides those that were published with it and {@code contentType}. Published
 * headers called {@code id} or {@code timestamp} are not among them, for Spring has its own; {@code Message.header} has all.
 */
public final class MeshHeaders {

    /** The topic, a {@code String}. */
    public static final String TOPIC = "mesh_topic";

    /** Where the message stands, a {@link dev.wsmesh.node.Position}. */
    public static final String POSITION = "mesh_position";

    /** When it was published by the publisher's clock, an {@link java.time.Instant}. */
    public static final String PUBLISHED_AT = "mesh_publishedAt";

    private MeshHeaders() {}
}
