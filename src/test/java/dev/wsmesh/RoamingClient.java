package dev.wsmesh;

import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A client that goes to the next node when its own is gone, and goes on there with the last token that it got. It reads on a
 * thread of its own, and writes down what it gets.
 */
abstract class RoamingClient implements AutoCloseable {

    private static final Duration PAUSE = Duration.ofMillis(200);

    private final List<Integer> ports;
    private final ClientLedger ledger;
    private int present;
    private final AtomicInteger connections = new AtomicInteger();
    private volatile boolean closed;
    /** Empty before the first one. Of the reading thread. */
    private String token = "";

    /** One that begins at the node of this index. */
    RoamingClient(String name, List<Integer> ports, int first) {
        this.ports = ports;
        this.present = first;
        this.ledger = new ClientLedger(name);
    }

    /** Subscribes at the node, behind the token if there is one, and reads until the session or the stream ends. */
    abstract void read(int port, String token) throws IOException, InterruptedException;

    /** Ends what {@link #read} reads. */
    abstract void cut() throws IOException;

    void start() {
        Thread.ofVirtual().start(this::roam);
    }

    ClientLedger ledger() {
        return ledger;
    }

    /** How many subscriptions have been made. */
    int connections() {
        return connections.get();
    }

    final void connected() {
        int _ = connections.incrementAndGet();
    }

    final void hasToken(String newer) {
        token = newer;
    }

    private void roam() {
        while (!closed) {
            try {
                read(ports.get(present), token);
            } catch (ConnectException e) {
                LockSupport.parkNanos(PAUSE.toNanos());
            } catch (IOException e) {
                // As good as an end: it goes on elsewhere.
            } catch (InterruptedException e) {
                return;
            }
            present = (present + 1) % ports.size();
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        cut();
    }
}
