package dev.wsmesh.websocket;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.Semaphore;

/**
 * Asks for a few names at a time. A look-up keeps its carrier thread as long as the name server is silent, and Java has 256 of
 * them at most: with a configured peer for each, all virtual threads would stand still, the mesh's timer among them.
 */
public final class LimitedResolver implements Locator.Resolver {

    /** A guess: far fewer than there are carriers, and enough for names that are answered. */
    static final int AT_A_TIME = 16;

    private final Locator.Resolver resolver;
    private final Semaphore places = new Semaphore(AT_A_TIME, true);

    /** Creates one that asks another. */
    public LimitedResolver(Locator.Resolver resolver) {
        this.resolver = resolver;
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        try {
            places.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnknownHostException(host + " (interrupted)");
        }
        try {
            return resolver.resolve(host);
        } finally {
            places.release();
        }
    }
}
