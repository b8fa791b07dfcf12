package dev.wsmesh.gateway.http;

import java.net.SocketTimeoutException;
import java.util.concurrent.TimeoutException;

/** How containers say that a client has taken too long: Tomcat and Jetty each in its way. */
final class Timeouts {

    private Timeouts() {}

    /** Whether the container gave up a read or a write because the client did not go on. */
    static boolean isTimeout(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException || cause instanceof TimeoutException) {
                return true;
            }
        }
        return false;
    }
}
