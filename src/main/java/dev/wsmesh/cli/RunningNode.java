package dev.wsmesh.cli;

import dev.wsmesh.node.Mesh;

/** A node within this process. Closing it lets it leave the mesh. */
public interface RunningNode extends AutoCloseable {

    /** The mesh as the program around the node sees it. */
    Mesh mesh();

    @Override
    void close();
}
