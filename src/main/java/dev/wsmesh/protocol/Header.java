package dev.wsmesh.protocol;

/** One named value that travels with a record; the mesh does not look at it. */
public record Header(String name, String value) {}
