package dev.wsmesh.identity;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A node's directory cannot be used; the message says which file, why, and what to do. */
public final class NodeDirectoryException extends RuntimeException {
    private static final long serialVersionUID = 1;

    NodeDirectoryException(Path path, String what, @Nullable Throwable cause) {
        super(path + ": " + what, cause);
    }
}
