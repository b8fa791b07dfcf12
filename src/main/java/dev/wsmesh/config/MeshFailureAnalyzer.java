package dev.wsmesh.config;

import dev.wsmesh.gateway.listener.InvalidListenerException;
import dev.wsmesh.identity.NodeDirectoryException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Tells the mistakes that an application makes with its node as the program tells them: in one line, without a stack trace. Before
 * the platform, which shows where a value was bound instead of what is wrong with it.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class MeshFailureAnalyzer implements FailureAnalyzer {

    private static final String ACTION =
            "Change what the line above names; docs/library.md and docs/configuration.md of wsmesh say what there is."
                    + " mesh.enabled=false leaves the node out.";

    @Override
    public @Nullable FailureAnalysis analyze(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case InvalidPropertyException invalid -> {
                    return analysis(String.valueOf(invalid.getMessage()), failure);
                }
                case NodeDirectoryException directory -> {
                    return analysis("mesh.data-dir: " + directory.getMessage(), failure);
                }
                case InvalidListenerException listener -> {
                    return analysis(String.valueOf(listener.getMessage()), failure);
                }
                default -> {}
            }
        }
        return null;
    }

    private static FailureAnalysis analysis(String description, Throwable failure) {
        return new FailureAnalysis(description, ACTION, failure);
    }
}
