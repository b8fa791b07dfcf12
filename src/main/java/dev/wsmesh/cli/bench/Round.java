package dev.wsmesh.cli.bench;

import dev.wsmesh.node.Gap;
import dev.wsmesh.node.Mesh;
import dev.wsmesh.node.Message;
import dev.wsmesh.node.MessageListener;
import dev.wsmesh.node.Publication;
import dev.wsmesh.node.PublishOptions;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.Topic;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * One node's part in one round: publishes on one thread, and keeps a ledger of each other node on the subscription's. The first
 * round, of number 0, only finds out whether all hear each other.
 */
final class Round implements MessageListener {

    static final Topic TOPIC = new Topic("bench");

    private static final String CONTENT_TYPE = "application/octet-stream";

    /**
     * After so much silence nothing more is expected. Before it tells of a gap, each node waits for a grace of 5 s; behind one that
     * waits itself, that much longer. A guess: six of them.
     */
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private final int number;
    private final int self;
    private final int payloadBytes;
    private final Bytes filler;
    private final Ledger[] ledgers;
    private final AtomicLong damaged = new AtomicLong();
    private final AtomicLong gapped = new AtomicLong();
    private volatile boolean over;
    private final AtomicInteger published = new AtomicInteger();
    private volatile long sinceNanos = Long.MAX_VALUE;

    Round(int number, int self, int nodes, int payloadBytes) {
        this.number = number;
        this.self = self;
        this.payloadBytes = payloadBytes;
        this.filler = Stamp.filler(payloadBytes);
        this.ledgers = new Ledger[nodes];
        Arrays.setAll(ledgers, _ -> new Ledger());
    }

    @Override
    public void onMessage(Message message) {
        long now = System.nanoTime();
        Bytes payload = message.payload();
        if (payload.length() < Stamp.BYTES) {
            damaged.incrementAndGet();
        } else if (Stamp.roundOf(payload) == (byte) number) {
            if (!Stamp.isWhole(payload, payloadBytes, filler)) {
                damaged.incrementAndGet();
                return;
            }
            Stamp stamp = Stamp.of(payload);
            if (stamp.origin() != self) {
                ledgers[stamp.origin()].enter(stamp.sequence(), stamp.sentNanos(), now);
            }
        }
    }

    @Override
    public void onGap(Gap gap) {
        gapped.addAndGet(gap.to() - gap.from() + 1);
    }

    /** As fast as the mesh takes them. */
    void publishFor(Mesh mesh, Duration time) {
        long now = begin();
        for (long end = now + time.toNanos(); now < end && !over; now = System.nanoTime()) {
            publish(mesh, now);
        }
    }

    /**
     * At an even pace. A message that is late because the one before it took too long counts from when it was due, so that a
     * stall is seen by all those that it held up. (One that is late because this thread woke up late counts from then: that is
     * not the mesh's doing.)
     */
    void publishFor(Mesh mesh, Duration time, int rate) {
        double interval = 1e9 / rate;
        long start = begin() + (long) (interval * self / ledgers.length);
        long count = Math.round(time.toNanos() / interval);
        for (long i = 0; i < count && !over; i++) {
            publish(mesh, await(start + Math.round(i * interval)));
        }
    }

    private long begin() {
        long now = System.nanoTime();
        sinceNanos = now;
        return now;
    }

    private void publish(Mesh mesh, long atNanos) {
        byte[] payload = new Stamp(number, self, published.get(), atNanos).payload(payloadBytes, filler);
        mesh.publish(new Publication(TOPIC, Bytes.wrap(payload), CONTENT_TYPE, List.of(), PublishOptions.DEFAULT));
        published.incrementAndGet();
    }

    private static long await(long due) {
        long now = System.nanoTime();
        if (now >= due) {
            return due;
        }
        while (now < due) {
            LockSupport.parkNanos(due - now);
            now = System.nanoTime();
        }
        return now;
    }

    /** Waits until so many have come, or are told to be lost, or nothing more does. */
    void awaitAccounted(long count) throws InterruptedException {
        long began = System.nanoTime();
        long seen = accounted();
        while (seen < count && !over && System.nanoTime() - began < SILENCE.toNanos()) {
            Thread.sleep(5);
            long now = accounted();
            if (now > seen) {
                seen = now;
                began = System.nanoTime();
            }
        }
    }

    /** Nothing more is published. */
    void end() {
        over = true;
    }

    long published() {
        return published.get();
    }

    long received() {
        return Arrays.stream(ledgers).mapToLong(Ledger::received).sum();
    }

    private long accounted() {
        return received() + gapped.get();
    }

    boolean hasHeardAll() {
        return Arrays.stream(ledgers).filter(ledger -> ledger.received() > 0).count() == ledgers.length - 1;
    }

    Report report() {
        Report report = new Report();
        report.published(published.get(), sinceNanos);
        report.missed(damaged.get(), gapped.get());
        for (Ledger ledger : ledgers) {
            ledger.addTo(report);
        }
        return report;
    }
}
