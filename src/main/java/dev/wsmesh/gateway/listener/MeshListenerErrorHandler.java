package dev.wsmesh.gateway.listener;

/**
 * Is told what {@link MeshListener} methods threw, once for each failure, on the thread of the listener. Make it a bean. Failures
 * are counted before it is asked, and logged only by the handler that stands in where there is no bean.
 */
@FunctionalInterface
public interface MeshListenerErrorHandler {

    /** A method failed; the next message comes when this returns. */
    void handle(MeshListenerException failure);
}
