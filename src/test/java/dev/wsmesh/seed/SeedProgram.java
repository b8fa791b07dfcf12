package dev.wsmesh.seed;

import dev.wsmesh.seed.RawWebSocket.Frame;
import dev.wsmesh.seed.RawWebSocket.UpgradeRequest;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A double of the seed's Rust program: it listens, dials its peers once, broadcasts after each pause, and has that
 * program's habits, each a {@link Habit} that can be left out and each counted in {@link SeedCounts}.
 */
public final class SeedProgram implements AutoCloseable {

    /** What the seed's program does that a well-behaved peer would not. */
    public enum Habit {
        /** Any message, any ping and even a bare TCP connect start its broadcast timer again. */
        TIMER_RESTARTS_AT_EVERY_EVENT,
        /** It echoes our Close but leaves the TCP connection open. */
        NEVER_CLOSES_TCP,
        /** When it exits it sends no Close. */
        EXITS_WITHOUT_CLOSE,
        /** What it has dialled and lost, it does not dial again. */
        NEVER_RECONNECTS,
        /** Text that is not UTF-8 ends the connection, without a Close. */
        DROPS_BAD_UTF8,
        /** It accepts TCP connections and never answers the upgrade: a program that hangs. */
        NEVER_ANSWERS
    }

    private final ServerSocket server;
    private final Set<Habit> habits;
    private final Duration interval;
    private final String bind;
    private final List<RawWebSocket> peers = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final ConcurrentLinkedQueue<String> received = new ConcurrentLinkedQueue<>();
    private final SeedCounts counts = new SeedCounts();
    private final Object timer = new Object();
    private long nextBroadcastNanos;
    private volatile boolean running = true;

    private SeedProgram(int port, Duration interval, Set<Habit> habits) throws IOException {
        this.server = new ServerSocket(port, 50, InetAddress.getByName("localhost"));
        this.habits = habits;
        this.interval = interval;
        this.bind = "localhost:" + server.getLocalPort();
        this.nextBroadcastNanos = System.nanoTime() + interval.toNanos();
    }

    /** Starts with all habits of the real program; dials each of the peers once. */
    public static SeedProgram start(Duration interval, String... peerUrls) throws IOException {
        return start(0, interval, EnumSet.complementOf(EnumSet.of(Habit.NEVER_ANSWERS)), peerUrls);
    }

    public static SeedProgram start(int port, Duration interval, Set<Habit> habits, String... peerUrls)
            throws IOException {
        SeedProgram program = new SeedProgram(port, interval, habits);
        Thread.ofVirtual().name("seed-accept").start(program::acceptForEver);
        Thread.ofVirtual().name("seed-broadcast").start(program::broadcastForEver);
        for (String url : peerUrls) {
            Thread.ofVirtual().name("seed-dial").start(() -> program.dial(URI.create(url)));
        }
        return program;
    }

    public String url() {
        return "ws://" + bind;
    }

    public String bind() {
        return bind;
    }

    public int port() {
        return server.getLocalPort();
    }

    /** The texts received so far. */
    public List<String> received() {
        return new ArrayList<>(received);
    }

    public SeedCounts counts() {
        return counts;
    }

    /** Connections that are up. */
    public int peers() {
        return peers.size();
    }

    /** Pings every peer, which the real program does not; a neighbour of its own kind would be silenced. */
    public void pingAll() throws IOException {
        for (RawWebSocket peer : peers) {
            peer.send(RawWebSocket.PING, true, new byte[0]);
        }
    }

    /** Sends this frame to every peer. */
    public void sendToAll(int opcode, byte[] payload) throws IOException {
        for (RawWebSocket peer : peers) {
            peer.send(opcode, true, payload);
        }
    }

    /** Exits, in the program's own manner. */
    @Override
    public void close() throws IOException {
        running = false;
        for (RawWebSocket peer : peers) {
            if (habits.contains(Habit.EXITS_WITHOUT_CLOSE)) {
                counts.exitsWithoutClose.increment();
            } else {
                peer.sendClose(1001);
            }
        }
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        synchronized (timer) {
            timer.notifyAll();
        }
    }

    private void acceptForEver() {
        while (running) {
            try {
                Socket socket = server.accept();
                sockets.add(socket);
                counts.tcpAccepted.increment();
                event();
                if (!habits.contains(Habit.NEVER_ANSWERS)) {
                    Thread.ofVirtual().name("seed-serve").start(() -> serve(socket));
                }
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try {
            DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            UpgradeRequest request = RawWebSocket.readRequest(in);
            if (request == null || !request.headers().containsKey("sec-websocket-key")) {
                socket.close();
                return;
            }
            counts.upgrades.add(request);
            run(RawWebSocket.accept(socket, in, request));
        } catch (IOException e) {
            counts.lostConnections.increment();
        }
    }

    private void dial(URI url) {
        do {
            try {
                counts.dials.increment();
                // The program knows ws://host:port only: no path, no Origin, no subprotocol.
                run(RawWebSocket.dial(url.getHost(), url.getPort(), "/", Map.of()));
            } catch (IOException e) {
                counts.lostConnections.increment();
            }
        } while (running && !habits.contains(Habit.NEVER_RECONNECTS));
        counts.dialsGivenUp.increment();
    }

    private void run(RawWebSocket peer) throws IOException {
        peers.add(peer);
        event();
        try {
            for (Frame frame = peer.readMessage(); frame != null; frame = peer.readMessage()) {
                event();
                if (!handle(peer, frame)) {
                    return;
                }
            }
        } finally {
            peers.remove(peer);
        }
    }

    /** Reacts to a frame; returns whether the connection goes on. */
    private boolean handle(RawWebSocket peer, Frame frame) throws IOException {
        switch (frame.opcode()) {
            case RawWebSocket.TEXT -> {
                return handleText(peer, frame);
            }
            case RawWebSocket.BINARY -> counts.binaryIgnored.increment();
            case RawWebSocket.PING -> {
                counts.pings.increment();
                peer.send(RawWebSocket.PONG, true, frame.payload());
            }
            case RawWebSocket.CLOSE -> {
                handleClose(peer, frame);
                return false;
            }
            default -> counts.otherFrames.increment();
        }
        return true;
    }

    private boolean handleText(RawWebSocket peer, Frame frame) throws IOException {
        if (habits.contains(Habit.DROPS_BAD_UTF8) && !isUtf8(frame.payload())) {
            counts.badUtf8Drops.increment();
            peer.close();
            return false;
        }
        received.add(frame.text());
        return true;
    }

    private void handleClose(RawWebSocket peer, Frame frame) throws IOException {
        counts.closes.add(frame.closeCode());
        peer.send(RawWebSocket.CLOSE, true, frame.payload());
        if (!habits.contains(Habit.NEVER_CLOSES_TCP)) {
            peer.close();
            return;
        }
        counts.heldOpenAfterClose.increment();
        // Nothing but the other side ends this.
        while (peer.read() != null) {
            counts.otherFrames.increment();
        }
        counts.closedByOtherAfterClose.increment();
        peer.close();
    }

    /** Something happened: with the habit, the timer starts again. */
    private void event() {
        if (habits.contains(Habit.TIMER_RESTARTS_AT_EVERY_EVENT)) {
            synchronized (timer) {
                counts.timerRestarts.increment();
                nextBroadcastNanos = System.nanoTime() + interval.toNanos();
            }
        }
    }

    private void broadcastForEver() {
        try {
            while (running) {
                awaitNextBroadcast();
                if (running) {
                    broadcast();
                }
            }
        } catch (InterruptedException e) {
            running = false;
        }
    }

    private void awaitNextBroadcast() throws InterruptedException {
        synchronized (timer) {
            long left = nextBroadcastNanos - System.nanoTime();
            while (left > 0 && running) {
                timer.wait(left / 1_000_000, (int) (left % 1_000_000));
                left = nextBroadcastNanos - System.nanoTime();
            }
            nextBroadcastNanos = System.nanoTime() + interval.toNanos();
        }
    }

    private void broadcast() {
        int index = 0;
        for (RawWebSocket peer : peers) {
            try {
                peer.sendText("Message to client " + index++ + " from " + bind);
                counts.broadcasts.increment();
            } catch (IOException e) {
                counts.deadEntries.increment();
            }
        }
    }

    private static boolean isUtf8(byte[] payload) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
