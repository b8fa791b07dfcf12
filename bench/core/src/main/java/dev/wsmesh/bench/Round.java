package dev.wsmesh.bench;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * What one node sends and sees in one round. A message: short round, short origin, int sequence, long time, and filler that depends on what
 * is before the time. The last one of an origin says, in the place of the sequence, how many came before it.
 */
final class Round {

    private static final int HEAD = 16;
    private static final int FILLERS = 1 << Byte.SIZE;
    static final int MIN_SIZE = HEAD + 1;
    private static final int LAST = 0x4000; // added to the round's number

    final int id;
    private final int self;
    private final int most;
    private final int rate;
    private final int size;
    private final byte[] filler;
    private final Origin[] origins;
    private final AtomicInteger corrupt = new AtomicInteger();
    volatile boolean stopped;
    private volatile int sent;
    private volatile String error = "";
    private long firstPublish = Long.MAX_VALUE;
    private final long toldBefore;

    /**
     * @param most messages, unless it is stopped before
     * @param rate messages a second, or 0 for as fast as the system takes them
     * @param toldBefore what had been told to be missing before this round
     */
    Round(int id, int self, int nodes, int most, int rate, int size, long toldBefore) {
        this.id = id;
        this.self = self;
        this.most = most;
        this.rate = rate;
        this.size = size;
        this.filler = new byte[size + FILLERS];
        new SplittableRandom(1).nextBytes(filler);
        this.toldBefore = toldBefore;
        origins = new Origin[nodes];
        Arrays.setAll(origins, _ -> new Origin());
    }

    void receive(ByteBuffer message) {
        long now = System.nanoTime();
        int at = message.position();
        if (message.remaining() < MIN_SIZE) {
            corrupt.incrementAndGet();
        } else if (message.getShort(at + 2) != self) {
            receive(message, at, now);
        }
    }

    private void receive(ByteBuffer message, int at, long now) {
        int kind = message.getShort(at);
        int origin = message.getShort(at + 2);
        int number = message.getInt(at + 4);
        if (kind != id && kind != (id | LAST)) {
            return;
        }
        if (origin < 0 || origin >= origins.length || !isWhole(message, at, fillerOf(kind, origin, number))) {
            corrupt.incrementAndGet();
        } else if (kind == id) {
            origins[origin].accept(number, message.getLong(at + 8), now);
        } else {
            origins[origin].expect(number);
        }
    }

    private boolean isWhole(ByteBuffer message, int at, int from) {
        return message.remaining() == size
                && message.slice(at + HEAD, size - HEAD).equals(ByteBuffer.wrap(filler, from + HEAD, size - HEAD));
    }

    /** Mixed as the end of MurmurHash3 does (Appleby, in the public domain): each bit changes half of the others. */
    private static int fillerOf(int kind, int origin, int number) {
        int mixed = (number * 31 + origin) * 31 + kind;
        mixed = (mixed ^ (mixed >>> 16)) * 0x85EBCA6B;
        mixed = (mixed ^ (mixed >>> 13)) * 0xC2B2AE35;
        return (mixed ^ (mixed >>> 16)) & (FILLERS - 1);
    }

    /** Publishes until it is told to stop, or all messages of this node. */
    void publish(MeshSystem system) {
        try {
            long interval = rate == 0 ? 0 : 1_000_000_000L / rate;
            long start = firstPublish = System.nanoTime() + interval * self / origins.length;
            for (int sequence = 0; sequence < most && !stopped; sequence++) {
                long counted = rate == 0 ? System.nanoTime() : await(start + sequence * interval);
                system.publish(message(id, sequence, counted));
                sent = sequence + 1;
            }
            system.publish(message(id | LAST, sent, 0));
            system.flush();
        } catch (Exception | Error e) {
            e.printStackTrace();
            error = e.toString().replaceAll("\\s+", "_");
        }
    }

    private byte[] message(int kind, int number, long time) {
        int from = fillerOf(kind, self, number);
        byte[] message = Arrays.copyOfRange(filler, from, from + size);
        ByteBuffer.wrap(message).putShort((short) kind).putShort((short) self).putInt(number).putLong(time);
        return message;
    }

    /** The time a message counts from: when the waiting thread woke up, or when the message was due if publish came back late. */
    private static long await(long due) {
        long now = System.nanoTime();
        if (now >= due) {
            return due;
        }
        for (; now < due; now = System.nanoTime()) {
            LockSupport.parkNanos(due - now);
        }
        return now;
    }

    /** Waits, once this node has published, until all messages are here or told to be missing, or nothing more is heard of any. */
    void awaitMessages(MeshSystem system) throws InterruptedException {
        long heard = System.nanoTime();
        long told = told(system);
        while (!isAccounted(told) && System.nanoTime() - Math.max(heard, lastArrival()) < system.patience() * 1_000_000_000L) {
            Thread.sleep(5);
            long now = told(system);
            if (now > told) {
                told = now;
                heard = System.nanoTime();
            }
        }
    }

    private long told(MeshSystem system) {
        return system.told() - toldBefore;
    }

    /** By number alone: what is told is not looked at one by one, and may be of another topic. */
    private boolean isAccounted(long told) {
        List<Origin> others = others().toList();
        return others.stream().allMatch(Origin::isExpected) && others.stream().mapToLong(Origin::missing).sum() <= told;
    }

    private Stream<Origin> others() {
        return IntStream.range(0, origins.length).filter(i -> i != self).mapToObj(i -> origins[i]);
    }

    boolean heardAll() {
        return Arrays.stream(origins).filter(o -> o.distinct() > 0).count() == origins.length - 1;
    }

    private long lastArrival() {
        return Arrays.stream(origins).mapToLong(Origin::last).max().orElseThrow();
    }

    /** The line for the driver. */
    String report(MeshSystem system) {
        Histogram latency = new Histogram(3);
        int distinct = 0;
        int duplicates = 0;
        int outOfOrder = 0;
        for (int i = 0; i < origins.length; i++) {
            Origin origin = origins[i];
            synchronized (origin) {
                if (i != self && !(origin.isExpected() && origin.missing() == 0)) {
                    System.err.println("of node " + i + " did not come: " + origin.ranges());
                }
                latency.add(origin.latency);
                distinct += origin.distinct;
                duplicates += origin.duplicates;
                outOfOrder += origin.outOfOrder;
            }
        }
        ByteBuffer bytes = ByteBuffer.allocate(latency.getNeededByteBufferCapacity());
        byte[] encoded = Arrays.copyOf(bytes.array(), latency.encodeIntoCompressedByteBuffer(bytes));
        return "sent=%d received=%d duplicates=%d out_of_order=%d corrupt=%d told=%d first=%d last=%d latency=%s error=%s".formatted(
                sent, distinct, duplicates, outOfOrder, corrupt.get(), told(system), firstPublish, lastArrival(),
                Base64.getEncoder().encodeToString(encoded), error);
    }

    /** What has come from one publisher. */
    private static final class Origin {

        private static final int MOST_RANGES = 10;

        private final BitSet seen = new BitSet();
        private final Histogram latency = new Histogram(3);
        private int distinct;
        private int duplicates;
        private int outOfOrder;
        private int highest = -1;
        private int expected = -1;
        private long last = Long.MIN_VALUE;

        synchronized void expect(int messages) {
            expected = messages;
        }

        /** Whether it is known how many there are. */
        synchronized boolean isExpected() {
            return expected >= 0;
        }

        /** How many of those expected are not here. */
        synchronized int missing() {
            return Math.max(0, expected - distinct);
        }

        synchronized void accept(int sequence, long sent, long now) {
            last = now;
            if (seen.get(sequence)) {
                duplicates++;
                return;
            }
            seen.set(sequence);
            distinct++;
            if (sequence < highest) {
                outOfOrder++;
            } else {
                highest = sequence;
            }
            latency.recordValue(Math.max(0, now - sent));
        }

        synchronized int distinct() {
            return distinct;
        }

        /** The first ranges of what has not come, as far as is known. */
        private String ranges() {
            StringBuilder ranges = new StringBuilder(expected < 0 ? "the last one; " : "");
            int count = expected < 0 ? highest : expected;
            int from = seen.nextClearBit(0);
            for (int shown = 0; from < count && shown < MOST_RANGES; shown++) {
                int next = seen.nextSetBit(from);
                int end = next < 0 ? count : next;
                ranges.append(from).append("..").append(end - 1).append(' ');
                from = seen.nextClearBit(end);
            }
            return ranges.toString();
        }

        synchronized long last() {
            return last;
        }
    }
}
