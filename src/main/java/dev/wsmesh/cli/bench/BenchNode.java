package dev.wsmesh.cli.bench;

import dev.wsmesh.node.Gap;
import dev.wsmesh.node.Mesh;
import dev.wsmesh.node.Message;
import dev.wsmesh.node.MessageListener;
import dev.wsmesh.node.SubscribeOptions;
import dev.wsmesh.node.SubscriptionLimits;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;

/**
 * One node of a measurement: uses the mesh as an application would, and does what it is told on its standard input.
 *
 * <p>What it is told, line by line, and what it answers:
 *
 * <ul>
 *   <li>{@code round N}: the next messages are of this round; {@code armed}
 *   <li>{@code go MILLIS RATE}: publish; {@code published COUNT} when all are
 *   <li>{@code expect COUNT}: so many are to come from the others; {@code report ...} when they have, or no more do
 *   <li>nothing more: end
 * </ul>
 *
 * <p>Before it is told anything it publishes in round 0 until it has heard all others, and says {@code linked}; and every
 * second, {@code received COUNT}.
 */
public final class BenchNode implements MessageListener {

    /** Room for a listener that does not get the processor for a while: this measures the mesh, and a slow subscriber sees gaps. */
    private static final SubscriptionLimits QUEUE = new SubscriptionLimits(1 << 20, 64 << 20);

    private static final int PROBES_PER_SECOND = 20;
    private static final Duration FOR_EVER = Duration.ofDays(1);

    private final Mesh mesh;
    private final int self;
    private final int nodes;
    private final int payloadBytes;
    private final PrintWriter out;
    private volatile Round round;

    /** A node of this index, of so many, that has not begun. */
    public BenchNode(Mesh mesh, int self, int nodes, int payloadBytes, PrintWriter out) {
        this.mesh = mesh;
        this.self = self;
        this.nodes = nodes;
        this.payloadBytes = payloadBytes;
        this.out = out;
        this.round = new Round(0, self, nodes, payloadBytes);
    }

    /** Takes part until there are no more lines. */
    public void obey(BufferedReader in) throws IOException {
        try (var _ = mesh.subscribe(
                SubscribeOptions.to(Round.TOPIC.toString()).withoutOwn().within(QUEUE), this)) {
            Round probing = round;
            start("publish", () -> probing.publishFor(mesh, FOR_EVER, PROBES_PER_SECOND));
            start("probe", () -> tellWhenAllAreHeard(probing));
            start("progress", this::tellProgress);
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                obey(line.split(" ", -1));
            }
        } finally {
            round.end();
        }
    }

    @Override
    public void onMessage(Message message) {
        round.onMessage(message);
    }

    @Override
    public void onGap(Gap gap) {
        round.onGap(gap);
    }

    private void obey(String[] words) {
        Round present = round;
        switch (words[0]) {
            case "round" -> {
                present.end();
                round = new Round(Integer.parseInt(words[1]), self, nodes, payloadBytes);
                out.println("armed");
            }
            case "go" -> {
                Duration time = Duration.ofMillis(Long.parseLong(words[1]));
                int rate = Integer.parseInt(words[2]);
                start("publish", () -> publish(present, time, rate));
            }
            case "expect" -> {
                long count = Long.parseLong(words[1]);
                start("report", () -> {
                    present.awaitAccounted(count);
                    out.println("report " + present.report().encode());
                });
            }
            default -> throw new IllegalArgumentException("it is told '" + words[0] + "'");
        }
    }

    private void publish(Round present, Duration time, int rate) {
        if (rate == 0) {
            present.publishFor(mesh, time);
        } else {
            present.publishFor(mesh, time, rate);
        }
        out.println("published " + present.published());
    }

    private void tellWhenAllAreHeard(Round probing) throws InterruptedException {
        while (!probing.hasHeardAll()) {
            Thread.sleep(10);
        }
        out.println("linked");
    }

    private void tellProgress() throws InterruptedException {
        while (true) {
            Thread.sleep(1000);
            out.println("received " + round.received());
        }
    }

    private interface Task {
        void run() throws InterruptedException;
    }

    /** Platform threads, as an application's own would be. What fails ends the process: the leader sees that. */
    private static void start(String name, Task task) {
        Thread _ = Thread.ofPlatform().daemon().name("bench-" + name).start(() -> {
            try {
                task.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Throwable e) {
                System.err.println("wsmesh: the node cannot go on: " + e);
                Runtime.getRuntime().halt(1);
            }
        });
    }
}
