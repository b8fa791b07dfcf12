package dev.wsmesh.config;

import dev.wsmesh.gateway.listener.MeshListenerRegistrar;
import org.springframework.boot.LazyInitializationExcludeFilter;

/**
 * What is made at once under {@code spring.main.lazy-initialization}, too. It makes a bean when somebody asks for it; nobody asks for one that
 * listens to the mesh, which would miss all messages without a word.
 */
final class EagerBeans {

    /** Its handler knows no protocol until this has been made, and does not start without one. The name is Spring's. */
    private static final String STOMP_MAPPING = "stompWebSocketHandlerMapping";

    private EagerBeans() {}

    /** By the declared type: the bean is not there yet. */
    static LazyInitializationExcludeFilter listeners() {
        return (_, _, type) -> MeshListenerRegistrar.listens(type);
    }

    static LazyInitializationExcludeFilter stomp() {
        return (name, _, _) -> name.equals(STOMP_MAPPING);
    }
}
