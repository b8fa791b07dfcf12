package dev.wsmesh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What lies between a dialler and a port: it can be cut, swallow everything in one direction as a broken route does, and be
 * slow. It begins whole.
 */
public final class Cable implements AutoCloseable {

    /** Small, so that little is under way in a cable that is stopped. */
    private static final int BUFFER_BYTES = 16 << 10;

    /** What the system keeps on either side of it; by itself it would take megabytes. */
    private static final int SOCKET_BYTES = 64 << 10;

    private final ServerSocket server;
    private final String address;
    private final int targetPort;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean cut;
    private boolean closed;
    private boolean swallowsToTarget;
    private boolean swallowsToDialler;
    private volatile long bytesPerSecond = Long.MAX_VALUE;

    private enum Way {
        TO_TARGET,
        TO_DIALLER
    }

    private Cable(ServerSocket server, String address, int targetPort) {
        this.server = server;
        this.address = address;
        this.targetPort = targetPort;
    }

    /** Lays a cable to a port of this machine, where somebody may listen now or later. */
    public static Cable to(int targetPort) throws IOException {
        return to(targetPort, "localhost");
    }

    /** The same, for those who reach this machine at that address. */
    static Cable to(int targetPort, String address) throws IOException {
        ServerSocket server = new ServerSocket();
        server.setReceiveBufferSize(SOCKET_BYTES);
        server.bind(new InetSocketAddress(InetAddress.getByName(address), 0), 50);
        Cable cable = new Cable(server, address, targetPort);
        Thread.ofVirtual().name("cable").start(cable::acceptForEver);
        return cable;
    }

    public String url() {
        return "ws://" + address + ":" + server.getLocalPort();
    }

    /** Whether somebody is connected by it. */
    public boolean isInUse() {
        return !isCut() && !sockets.isEmpty();
    }

    /** Whoever is connected is reset, and whoever connects is refused, until it is healed. */
    public void cut() {
        set(() -> cut = true);
        sockets.forEach(Cable::reset);
    }

    /** Resets whoever is connected; who dials again gets through. */
    public void tear() {
        sockets.forEach(Cable::reset);
    }

    /** What the dialler sends is taken for a while, and never arrives. */
    public void swallowToTarget() {
        set(() -> swallowsToTarget = true);
    }

    /** What is sent to the dialler is taken for a while, and never arrives. */
    public void swallowToDialler() {
        set(() -> swallowsToDialler = true);
    }

    /** In each direction of each connection. */
    public void limit(long bytes) {
        bytesPerSecond = bytes;
    }

    /** It is whole again, and fast; connections that were swallowed stay dead until their ends notice. */
    public void heal() {
        limit(Long.MAX_VALUE);
        set(() -> {
            cut = false;
            swallowsToTarget = false;
            swallowsToDialler = false;
        });
    }

    @Override
    public void close() throws IOException {
        set(() -> closed = true);
        server.close();
        sockets.forEach(Cable::reset);
    }

    private void set(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean isCut() {
        lock.lock();
        try {
            return cut || closed;
        } finally {
            lock.unlock();
        }
    }

    private void acceptForEver() {
        try {
            while (true) {
                Socket dialler = server.accept();
                Thread.ofVirtual().start(() -> connect(dialler));
            }
        } catch (IOException e) {
            if (!server.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @SuppressWarnings("AddressSelection") // the name of this machine
    private void connect(Socket dialler) {
        Socket target = new Socket();
        sockets.add(dialler);
        sockets.add(target);
        try {
            if (isCut()) {
                throw new IOException("cut");
            }
            target.setReceiveBufferSize(SOCKET_BYTES);
            target.setSendBufferSize(SOCKET_BYTES);
            dialler.setSendBufferSize(SOCKET_BYTES);
            target.connect(new InetSocketAddress("localhost", targetPort));
            target.setTcpNoDelay(true);
            dialler.setTcpNoDelay(true);
            Thread.ofVirtual().start(() -> carry(dialler, target, Way.TO_TARGET));
            carry(target, dialler, Way.TO_DIALLER);
        } catch (IOException e) {
            forget(dialler, target);
        }
    }

    private void carry(Socket from, Socket to, Way way) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer, 0, size()); n >= 0 && !isCut(); n = in.read(buffer, 0, size())) {
                awaitOpen(way);
                pause(n);
                out.write(buffer, 0, n);
            }
        } catch (IOException e) {
            // Torn, or one of the ends is gone.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            forget(from, to);
        }
    }

    private int size() {
        return Math.clamp(bytesPerSecond / 20, 1, BUFFER_BYTES);
    }

    private void pause(int bytes) throws InterruptedException {
        long rate = bytesPerSecond;
        if (rate < Long.MAX_VALUE) {
            Thread.sleep(Duration.ofNanos(bytes * 1_000_000_000L / rate));
        }
    }

    private void awaitOpen(Way way) throws InterruptedException {
        lock.lock();
        try {
            while (!closed && !cut && (way == Way.TO_TARGET ? swallowsToTarget : swallowsToDialler)) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private void forget(Socket one, Socket other) {
        reset(one);
        reset(other);
        sockets.remove(one);
        sockets.remove(other);
    }

    private static void reset(Socket socket) {
        try {
            if (!socket.isClosed()) {
                socket.setSoLinger(true, 0);
            }
            socket.close();
        } catch (SocketException e) {
            // Closed by the other side of the cable meanwhile: that is what was wanted.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
