package dev.wsmesh.bench;

import java.util.concurrent.Semaphore;

/** Bounds what is under way, for libraries which take any amount and tell when it is done. */
public final class Window {

    private final int size;
    private final Semaphore permits;

    public Window(int size) {
        this.size = size;
        permits = new Semaphore(size);
    }

    public void enter() throws InterruptedException {
        permits.acquire();
    }

    public void leave() {
        permits.release();
    }

    /** Waits until nothing is under way. */
    public void drain() throws InterruptedException {
        permits.acquire(size);
        permits.release(size);
    }
}
