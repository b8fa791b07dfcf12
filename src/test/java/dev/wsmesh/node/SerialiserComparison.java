package dev.wsmesh.node;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.Intent;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.protocol.MeshRecord;
import dev.wsmesh.protocol.Message;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.Output;
import dev.wsmesh.protocol.Protocol;
import dev.wsmesh.protocol.Settings;
import dev.wsmesh.protocol.StreamId;
import dev.wsmesh.protocol.Topic;
import dev.wsmesh.wire.RecordCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Who lets one thread at a time into the core: a lock that each reader takes, or one thread with a bounded inbox? Measures
 * both with the real core, in turns: readers of two links with one record, or with 32, in each frame, and one publisher that waits
 * for its number. Not a test: {@code java -cp CLASSPATH dev.wsmesh.node.SerialiserComparison}; see ADR 301.
 */
final class SerialiserComparison {

    private static final int LINKS = 2;
    private static final int ROUNDS = 7;
    private static final int RECORDS = 400_000;
    private static final int PUBLICATIONS = 20_000;
    private static final int INBOX = 256;

    private SerialiserComparison() {}

    /** One way to do it. */
    private interface Serialiser {
        void give(Input input) throws InterruptedException;

        /** Gives, and returns once it is handled. */
        void call(Input input) throws InterruptedException;

        void stop();
    }

    /** The core, and what is left of carrying out its outputs when nothing is sent: each frame is gone at once. */
    private static final class Machine {
        private final Protocol core;
        private final long start = System.nanoTime();

        Machine() {
            Settings settings = Settings.of(new NodeId(0, 1), null, List.of());
            this.core = new Protocol(settings, 1, record(), _ -> false, new Random(1), 0);
            run(core.start(0));
        }

        void handle(Input input) {
            run(core.handle(input, System.nanoTime() - start));
        }

        private void run(List<Output> outputs) {
            for (Output output : outputs) {
                if (output instanceof Output.Send send) {
                    handle(new Input.Writable(send.link()));
                }
            }
        }
    }

    public static void main(String[] arguments) throws InterruptedException {
        for (int perFrame : new int[] {1, 32}) {
            List<String> lines = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                lines.add(measure("lock  ", perFrame, SerialiserComparison::lock));
                lines.add(measure("thread", perFrame, SerialiserComparison::thread));
            }
            // The first rounds are for the compiler.
            lines.subList(4, lines.size()).stream().sorted().forEach(System.out::println);
        }
    }

    private static String measure(
            String name, int perFrame, java.util.function.Function<Consumer<Input>, Serialiser> serialiserOf)
            throws InterruptedException {
        Machine machine = new Machine();
        Serialiser serialiser = serialiserOf.apply(machine::handle);
        List<Thread> readers = new ArrayList<>();
        CountDownLatch go = new CountDownLatch(1);
        for (int link = 1; link <= LINKS; link++) {
            LinkId id = new LinkId(new NodeId(1, link), link);
            serialiser.call(new Input.LinkUp(id, null, null, Intent.JOIN, 1, 1 << 20, false, 0));
            serialiser.call(new Input.Writable(id));
            serialiser.call(new Input.Received(id, Frame.of(new Message.DigestComplete(Message.DigestComplete.NEVER))));
            readers.add(Thread.ofPlatform().start(() -> read(serialiser, go, id, perFrame)));
        }
        long[] waits = new long[PUBLICATIONS];
        Thread publisher = Thread.ofPlatform().start(() -> publish(serialiser, go, waits));
        long began = System.nanoTime();
        go.countDown();
        for (Thread reader : readers) {
            reader.join();
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        publisher.join();
        serialiser.stop();
        java.util.Arrays.sort(waits);
        return String.format(
                "%d a frame, %s: %,10.0f records/s; publishing p50 %5.1f us, p99 %7.1f us",
                perFrame,
                name,
                LINKS * (double) RECORDS / seconds,
                waits[PUBLICATIONS / 2] / 1e3,
                waits[PUBLICATIONS * 99 / 100] / 1e3);
    }

    private static void read(Serialiser serialiser, CountDownLatch go, LinkId id, int perFrame) {
        StreamId stream = new StreamId(id.peer(), 1);
        try {
            go.await();
            for (int sent = 0; sent < RECORDS; sent += perFrame) {
                Message batch = new Message.Batch(stream, sent + 1L, 0, false, Collections.nCopies(perFrame, record()));
                serialiser.give(new Input.Received(id, Frame.of(batch)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void publish(Serialiser serialiser, CountDownLatch go, long[] waits) {
        try {
            go.await();
            for (int i = 0; i < waits.length; i++) {
                long before = System.nanoTime();
                serialiser.call(new Input.Publish(i + 1L, record(), Input.Backpressure.IGNORE, null));
                waits[i] = System.nanoTime() - before;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Serialiser lock(Consumer<Input> core) {
        ReentrantLock lock = new ReentrantLock();
        return new Serialiser() {
            @Override
            public void give(Input input) {
                lock.lock();
                try {
                    core.accept(input);
                } finally {
                    lock.unlock();
                }
            }

            @Override
            public void call(Input input) {
                give(input);
            }

            @Override
            public void stop() {}
        };
    }

    private static Serialiser thread(Consumer<Input> core) {
        BlockingQueue<Runnable> inbox = new ArrayBlockingQueue<>(INBOX);
        Thread worker = Thread.ofPlatform().start(() -> {
            try {
                while (true) {
                    inbox.take().run();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        return new Serialiser() {
            @Override
            public void give(Input input) throws InterruptedException {
                inbox.put(() -> core.accept(input));
            }

            @Override
            public void call(Input input) throws InterruptedException {
                CountDownLatch done = new CountDownLatch(1);
                inbox.put(() -> {
                    core.accept(input);
                    done.countDown();
                });
                done.await();
            }

            @Override
            public void stop() {
                worker.interrupt();
            }
        };
    }

    private static final EncodedRecord RECORD = new RecordCodec(Limits.DEFAULT)
            .encode(new MeshRecord(new Topic("a.topic"), Bytes.wrap(new byte[128]), "", List.of(), Instant.EPOCH));

    private static EncodedRecord record() {
        return RECORD;
    }
}
