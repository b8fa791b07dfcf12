package dev.wsmesh;

import org.springframework.boot.SpringBootExceptionReporter;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Keeps Spring Boot from reporting the failures that {@link StandaloneNode} tells in one line itself. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class StandaloneFailureReporter implements SpringBootExceptionReporter {

    @Override
    public boolean reportException(Throwable failure) {
        return StandaloneNode.isStarting();
    }
}
