package dev.wsmesh.websocket;

import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/** For those who dial nothing with TLS. */
final class NoTls {
    static final Supplier<SSLContext> CONTEXT = () -> {
        throw new AssertionError("nothing is dialled with TLS");
    };

    private NoTls() {}
}
