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
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.Stream;

/**
 * Many subscribers of one node, each of which counts what it gets; one publisher posts numbered messages at a steady rate. By hand
 * {@code SseLoad.java host:port subscribers messages perSecond payloadBytes [seconds]} prints one line of figures, at the latest so many
 * seconds after the last publication; a JDK is all that it needs. {@link ManySubscribersTest} is the same in the build, with fewer.
 */
final class SseLoad {

    private static final int SAMPLES = 1 << 20;
    private static final String USUAL_WAIT_SECONDS = "600";

    private final InetSocketAddress node;
    private final int subscribers;
    private final int messages;
    private final CountDownLatch connected;
    private final CountDownLatch finished;
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong gaps = new AtomicLong();
    private final AtomicLong disorder = new AtomicLong();
    private final AtomicLong cutOff = new AtomicLong();
    private final AtomicLongArray latencies = new AtomicLongArray(SAMPLES);

    /**
     * What came of it.
     *
     * @param received by all subscribers together
     * @param all whether each of them got the last message
     * @param gaps that were told
     * @param disorder messages that were not the next one
     * @param cutOff streams that ended before the last message
     * @param latency in milliseconds, from before the publication: half of all, 99 of 100, all
     */
    record Figures(
            double connectSeconds,
            double publishSeconds,
            double seconds,
            long received,
            boolean all,
            long gaps,
            long disorder,
            long cutOff,
            List<Double> latency) {}

    SseLoad(InetSocketAddress node, int subscribers, int messages) {
        this.node = node;
        this.subscribers = subscribers;
        this.messages = messages;
        this.connected = new CountDownLatch(subscribers);
        this.finished = new CountDownLatch(subscribers);
    }

    public static void main(String[] args) throws Exception {
        URI uri = URI.create("http://" + args[0]);
        int subscribers = Integer.parseInt(args[1]);
        int messages = Integer.parseInt(args[2]);
        int payloadBytes = Integer.parseInt(args[4]);
        Figures figures = new SseLoad(new InetSocketAddress(uri.getHost(), uri.getPort()), subscribers, messages)
                .run(
                        uri,
                        Integer.parseInt(args[3]),
                        payloadBytes,
                        Duration.ofSeconds(Long.parseLong(args.length > 5 ? args[5] : USUAL_WAIT_SECONDS)));
        System.out.printf(
                "subscribers %d, connected in %.1f s; %d messages of %d B in %.1f s; received %d of %d in %.1f s (%s),"
                        + " %.0f events/s; gaps %d, out of order %d, cut off %d; latency ms p50 %.0f p99 %.0f max %.0f%n",
                subscribers,
                figures.connectSeconds(),
                messages,
                payloadBytes,
                figures.publishSeconds(),
                figures.received(),
                (long) subscribers * messages,
                figures.seconds(),
                figures.all() ? "all" : "NOT ALL",
                figures.received() / figures.seconds(),
                figures.gaps(),
                figures.disorder(),
                figures.cutOff(),
                figures.latency().get(0),
                figures.latency().get(1),
                figures.latency().get(2));
        System.exit(0);
    }

    /** Publishes at the node of this URI once all have subscribed, and waits until all have got everything or are cut off. */
    Figures run(URI publisher, int perSecond, int payloadBytes, Duration wait) throws Exception {
        long start = System.nanoTime();
        Semaphore connecting = new Semaphore(64);
        for (int i = 0; i < subscribers; i++) {
            Thread.ofVirtual().start(() -> subscribe(connecting));
        }
        boolean everybody = connected.await(60, TimeUnit.SECONDS);
        long first = System.nanoTime();
        publish(publisher, perSecond, payloadBytes, first);
        long published = System.nanoTime();
        boolean over = finished.await(wait.toSeconds(), TimeUnit.SECONDS);
        long end = System.nanoTime();
        return new Figures(
                (first - start) / 1e9,
                (published - first) / 1e9,
                (end - first) / 1e9,
                received.get(),
                everybody && over && cutOff.get() == 0,
                gaps.get(),
                disorder.get(),
                cutOff.get(),
                latency());
    }

    private List<Double> latency() {
        long[] sorted = new long[(int) Math.min(SAMPLES, received.get())];
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = latencies.get(i);
        }
        Arrays.sort(sorted);
        return Stream.of(0.5, 0.99, 1.0)
                .map(share ->
                        sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1, share * sorted.length)] / 1e6)
                .toList();
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
            wasCutOff();
        }
    }

    private void wasCutOff() {
        cutOff.incrementAndGet();
        finished.countDown();
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
        wasCutOff();
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
