package dev.wsmesh.gateway.http;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The response of one client, for one writing thread. The container may take it back at any time, and give it to another request:
 * what is written afterwards would reach another client. So both take the same lock.
 *
 * <p>States: {@code up -> gone}, by {@link #complete} or by the container.
 */
final class SseOutput implements AsyncListener {

    private final AsyncContext context;
    private final ServletResponse response;
    private final ReentrantLock lock = new ReentrantLock();
    /** Written under the lock. */
    private volatile boolean gone;

    private volatile boolean dropped;

    /** Takes over a request whose response has its headers. */
    SseOutput(AsyncContext context) {
        this.context = context;
        this.response = context.getResponse();
        context.setTimeout(0);
        context.addListener(this);
    }

    /** Waits until the container has taken it all, which bounds the waiting. */
    void write(ByteArrayOutputStream bytes) throws IOException {
        if (bytes.size() == 0) {
            return;
        }
        lock.lock();
        try {
            if (gone || dropped) {
                throw new IOException("the client is gone");
            }
            ServletOutputStream out = response.getOutputStream();
            bytes.writeTo(out);
            out.flush();
        } catch (RuntimeException e) {
            // A container that stops takes a response back without a word: what is left of it fails in many ways.
            throw new IOException("the container has taken the response back", e);
        } finally {
            lock.unlock();
        }
    }

    /** From now on nothing is written. One who waits for a write under way would wait for the client. */
    void drop() {
        dropped = true;
    }

    boolean isGone() {
        return gone;
    }

    /** Ends the response; nothing more is written. */
    void complete() {
        lock.lock();
        try {
            if (!gone) {
                gone = true;
                context.complete();
            }
        } catch (IllegalStateException e) {
            // The container was quicker.
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onComplete(AsyncEvent event) {
        takeBack();
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        complete();
    }

    @Override
    public void onError(AsyncEvent event) {
        complete();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {}

    private void takeBack() {
        lock.lock();
        try {
            gone = true;
        } finally {
            lock.unlock();
        }
    }
}
