package dev.wsmesh.protocol;

/**
 * One named value that travels with a record; the mesh does not look at it. A record may have several of one name, and keeps their
 * order. {@link RecordEncoder#encode} holds them against the {@link Limits}.
 *
 * @param name not empty where it is encoded
 */
public record Header(String name, String value) {}
