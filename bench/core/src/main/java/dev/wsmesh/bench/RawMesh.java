package dev.wsmesh.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Plain TCP, one link for every pair of nodes, each with a reader and a writer thread: about the best Java can do. */
public final class RawMesh implements MeshSystem {

    private static final int BUFFER = 1 << 18;

    private final List<Link> links = new CopyOnWriteArrayList<>();
    private Setup setup;
    private Consumer<ByteBuffer> onMessage;

    @Override
    public void start(Setup setup, Consumer<ByteBuffer> onMessage) throws IOException {
        this.setup = setup;
        this.onMessage = onMessage;
        ServerSocketChannel server = ServerSocketChannel.open().bind(new InetSocketAddress(Setup.HOST, setup.port()));
        daemon("accept", () -> {
            while (true) {
                links.add(new Link(server.accept()));
            }
        });
        for (int other = 0; other < setup.index(); other++) {
            links.add(new Link(dial(setup.ports()[other])));
        }
    }

    private static SocketChannel dial(int port) throws IOException {
        while (true) {
            try {
                return SocketChannel.open(new InetSocketAddress(Setup.HOST, port));
            } catch (ConnectException e) {
                LockSupport.parkNanos(20_000_000); // not up yet
            }
        }
    }

    @Override
    public boolean converged() {
        return links.size() == setup.nodes() - 1;
    }

    @Override
    public void publish(byte[] payload) throws InterruptedException {
        for (Link link : links) {
            link.put(payload);
        }
    }

    private interface Task {
        void run() throws IOException, InterruptedException;
    }

    private static void daemon(String name, Task task) {
        Thread.ofPlatform().daemon().name(name).start(() -> {
            try {
                task.run();
            } catch (IOException | InterruptedException e) {
                e.printStackTrace();
            }
        });
    }

    private final class Link {

        private final SocketChannel channel;
        private ByteBuffer filling = ByteBuffer.allocateDirect(BUFFER);
        private ByteBuffer writing = ByteBuffer.allocateDirect(BUFFER);

        Link(SocketChannel channel) throws IOException {
            this.channel = channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            daemon("read", this::read);
            daemon("write", this::write);
        }

        synchronized void put(byte[] message) throws InterruptedException {
            if (4 + message.length > BUFFER) {
                throw new IllegalArgumentException("longer than " + BUFFER);
            }
            while (filling.remaining() < 4 + message.length) {
                wait();
            }
            boolean wake = filling.position() == 0;
            filling.putInt(message.length).put(message);
            if (wake) {
                notifyAll();
            }
        }

        private synchronized void swap() throws InterruptedException {
            while (filling.position() == 0) {
                wait();
            }
            ByteBuffer full = filling;
            filling = writing.clear();
            writing = full.flip();
            notifyAll();
        }

        private void write() throws IOException, InterruptedException {
            while (true) {
                swap();
                while (writing.hasRemaining()) {
                    channel.write(writing);
                }
            }
        }

        private void read() throws IOException {
            for (ByteBuffer in = ByteBuffer.allocateDirect(BUFFER); ; in.compact()) {
                if (channel.read(in) < 0) {
                    throw new EOFException();
                }
                in.flip();
                for (int length; in.remaining() >= 4 && in.remaining() >= 4 + (length = in.getInt(in.position())); ) {
                    onMessage.accept(in.slice(in.position() + 4, length));
                    in.position(in.position() + 4 + length);
                }
            }
        }
    }
}
