package dev.wsmesh.gateway.http;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Many subscribers of one node, by hand: {@code SseLoad host:port subscribers messages perSecond payloadBytes}. Each counts what
 * it gets; one publisher posts numbered messages at a steady rate. Prints one line of figures.
 */
final class SseLoad {

    private static final int SAMPLES = 1 << 20;

    private final InetSocketAddress node;
    private final int subscribers;
    private final int messages;
    private final CountDownLatch connected;
    private final CountDownLatch finished;
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong gaps = new AtomicLong();
    private final AtomicLong disorder = new AtomicLong();
    private final AtomicLong broken = new AtomicLong();
    private final AtomicLongArray latencies = new AtomicLongArray(SAMPLES);

    private SseLoad(InetSocketAddress node, int subscribers, int messages) {
        this.node = node;
        this.subscribers = subscribers;
        this.messages = messages;
        this.connected = new CountDownLatch(subscribers);
        this.finished = new CountDownLatch(subscribers);
    }

    public static void main(String[] args) throws Exception {
        URI uri = URI.create("http://" + args[0]);
        SseLoad load = new SseLoad(
                new InetSocketAddress(uri.getHost(), uri.getPort()),
                Integer.parseInt(args[1]),
                Integer.parseInt(args[2]));
        load.run(uri, Integer.parseInt(args[3]), Integer.parseInt(args[4]));
        System.exit(0);
    }

    private void run(URI uri, int perSecond, int payloadBytes) throws Exception {
        long start = System.nanoTime();
        Semaphore connecting = new Semaphore(64);
        for (int i = 0; i < subscribers; i++) {
            Thread.ofVirtual().start(() -> subscribe(connecting));
        }
        connected.await();
        double connectSeconds = (System.nanoTime() - start) / 1e9;
        long first = System.nanoTime();
        publish(uri, perSecond, payloadBytes, first);
        double publishSeconds = (System.nanoTime() - first) / 1e9;
        boolean all = finished.await(60, TimeUnit.SECONDS);
        double seconds = (System.nanoTime() - first) / 1e9;
        int samples = (int) Math.min(SAMPLES, received.get());
        long[] sorted = new long[samples];
        for (int i = 0; i < samples; i++) {
            sorted[i] = latencies.get(i);
        }
        Arrays.sort(sorted);
        System.out.printf(
                "subscribers %d, connected in %.1f s; %d messages of %d B in %.1f s; received %d of %d in %.1f s (%s),"
                        + " %.0f events/s; gaps %d, out of order %d, broken %d; latency ms p50 %.0f p99 %.0f max %.0f%n",
                subscribers,
                connectSeconds,
                messages,
                payloadBytes,
                publishSeconds,
                received.get(),
                (long) subscribers * messages,
                seconds,
                all ? "all" : "NOT ALL",
                received.get() / seconds,
                gaps.get(),
                disorder.get(),
                broken.get(),
                percentile(sorted, 0.5),
                percentile(sorted, 0.99),
                percentile(sorted, 1));
    }

    private static double percentile(long[] sorted, double share) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1, share * sorted.length)] / 1e6;
    }

    private void publish(URI uri, int perSecond, int payloadBytes, long first) throws Exception {
        HttpClient http = HttpClient.newHttpClient();
        String filler = "x".repeat(payloadBytes);
        for (int i = 1; i <= messages; i++) {
            long due = first + i * 1_000_000_000L / perSecond - System.nanoTime();
            if (due > 0) {
                TimeUnit.NANOSECONDS.sleep(due);
            }
            String body = "#" + i + "@" + System.nanoTime() + "#" + filler;
            HttpRequest request = HttpRequest.newBuilder(uri.resolve("/api/topics/load.test"))
                    .timeout(Duration.ofSeconds(30))
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build();
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 202) {
                throw new IOException(response.body());
            }
        }
    }

    private void subscribe(Semaphore connecting) {
        try (Socket socket = new Socket()) {
            connecting.acquire();
            try {
                socket.connect(node);
                OutputStream out = socket.getOutputStream();
                out.write(("GET /api/topics/load.%3E HTTP/1.1\r\nHost: localhost:" + node.getPort() + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                out.flush();
            } finally {
                connecting.release();
            }
            read(new BufferedInputStream(socket.getInputStream(), 4_096));
        } catch (IOException | InterruptedException e) {
            broken.incrementAndGet();
        }
    }

    /** Looks for {@code #number@nanos#} only, and for gaps: the client shares its cores with the node. */
    private void read(InputStream in) throws IOException {
        long next = 1;
        boolean open = false;
        StringBuilder line = new StringBuilder(512);
        for (int read = in.read(); read >= 0; read = in.read()) {
            if (read != '\n') {
                line.append((char) read);
                continue;
            }
            if (!open && line.indexOf("event: mark") == 0) {
                open = true;
                connected.countDown();
            } else if (line.indexOf("event: gap") == 0) {
                gaps.incrementAndGet();
            } else if (line.indexOf("data: {\"topic") == 0) {
                next = take(line, next);
                if (next > messages) {
                    finished.countDown();
                    return;
                }
            }
            line.setLength(0);
        }
        broken.incrementAndGet();
    }

    private long take(StringBuilder line, long next) {
        int number = line.indexOf("\"#") + 2;
        int at = line.indexOf("@", number);
        int end = line.indexOf("#", at);
        long sequence = Long.parseLong(line, number, at, 10);
        if (sequence != next) {
            disorder.incrementAndGet();
        }
        long latency = System.nanoTime() - Long.parseLong(line, at + 1, end, 10);
        latencies.set((int) (received.getAndIncrement() % SAMPLES), latency);
        return sequence + 1;
    }
}
