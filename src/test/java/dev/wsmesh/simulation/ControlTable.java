package dev.wsmesh.simulation;

import java.util.Locale;

/** Bytes on the links, by what they are for, while so many messages are published per second. */
final class ControlTable {
    private static final int WARM_UP_SECONDS = 5;
    /** Enough for a few rounds of everything that happens by the clock. */
    private static final int MOST_SECONDS = 120;

    private static final int ENOUGH_MESSAGES = 30_000;

    private final Average control = new Average();
    private final Average framing = new Average();
    private final Average envelope = new Average();
    private final Average webSocket = new Average();
    private final Average perFrame = new Average();
    private String kinds = "";

    private ControlTable() {}

    static void print(ReportOptions options) {
        Rows rows = new Rows(
                options,
                "nodes",
                "senders",
                "seeds",
                "messages/s",
                "at once",
                "control / payload",
                "batch framing / payload",
                "record envelope / payload",
                "WebSocket framing / payload",
                "records per frame with payload or control",
                "control bytes by kind, last seed");
        Points points = Points.in(options.points(), "control");
        for (int nodes : options.numbers("nodes", "8")) {
            for (int rate : options.numbers("rate", "1,100,10000")) {
                ControlTable table = new ControlTable();
                for (long seed = 1; seed <= options.seeds(); seed++) {
                    table.measure(options, nodes, rate, seed);
                }
                table.row(rows, options, nodes, rate);
                String series =
                        nodes + " nodes; " + options.text("senders", "1") + " sending; " + burst(options) + " at once";
                points.put(series, rate, 100 * table.control.value());
                points.write();
            }
        }
        rows.end();
    }

    private static int burst(ReportOptions options) {
        return options.number("burst", 1);
    }

    private void row(Rows rows, ReportOptions options, int nodes, int rate) {
        rows.row(
                nodes,
                options.text("senders", "1"),
                options.seeds(),
                String.format(Locale.ROOT, "%,d", rate),
                burst(options),
                control.withRange(4),
                framing.digits(4),
                envelope.digits(4),
                webSocket.digits(4),
                perFrame.digits(2),
                kinds);
    }

    private void measure(ReportOptions options, int nodes, int rate, long seed) {
        Traffic traffic = new Traffic();
        MeasuredMesh mesh = new MeasuredMesh(seed, nodes, options.membership(), options.settleSeconds(), traffic);
        int senders = options.number("senders", 1);
        int burst = burst(options);
        publish(mesh, senders, rate, burst, WARM_UP_SECONDS);
        mesh.network.run(Network.seconds(1));
        traffic.reset();
        long records = mesh.publications();
        publish(mesh, senders, rate, burst, Math.max(3, Math.min(MOST_SECONDS, ENOUGH_MESSAGES / rate)));
        double payload = traffic.payloadBytes();
        control.add(traffic.controlBytes() / payload);
        framing.add(traffic.framingBytes() / payload);
        envelope.add(traffic.envelopeBytes() / payload);
        webSocket.add(traffic.webSocketBytes() / payload);
        perFrame.add(traffic.payloadBytes() / (double) MeasuredMesh.PAYLOAD_BYTES / traffic.frames());
        kinds = traffic.kinds() + " of " + (mesh.publications() - records) + " messages";
    }

    private static void publish(MeasuredMesh mesh, int senders, int rate, int burst, int seconds) {
        long turns = Math.max(1, (long) rate * seconds / burst);
        long pause = Network.seconds(seconds) / turns;
        for (long turn = 0; turn < turns; turn++) {
            SimulatedNode sender = mesh.network.nodes.get((int) (mesh.size - 1 - turn % senders));
            for (int i = 0; i < burst; i++) {
                mesh.publish(sender);
            }
            mesh.network.run(pause);
        }
    }
}
