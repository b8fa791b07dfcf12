package dev.wsmesh.gateway.listener;

/** A {@link MeshListener} method cannot be one as it is written; the message says which, why and what to do about it. */
public final class InvalidListenerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    InvalidListenerException(String listener, String fault) {
        super("@MeshListener " + listener + ": " + fault);
    }
}
