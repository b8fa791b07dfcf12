package dev.wsmesh.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;

/** One process of the mesh; the driver leads it by lines over a control connection. */
public final class Node {

    private final Setup setup;
    private final MeshSystem system;
    private final BufferedReader in;
    private final PrintWriter out;
    private volatile Round round;
    private volatile Thread publishing;
    private Recording recording;

    private Node(Setup setup, MeshSystem system, Socket control) throws IOException {
        this.setup = setup;
        this.system = system;
        in = new BufferedReader(new InputStreamReader(control.getInputStream()));
        out = new PrintWriter(control.getOutputStream(), true);
        round = new Round(0, setup.index(), setup.nodes(), Integer.MAX_VALUE, 10, Round.MIN_SIZE, 0);
    }

    /** Arguments: control port, adapter class, index, nodes, ports, server ports, server pids, then options as name=value. */
    public static void main(String[] args) throws Exception {
        int[] pids = ints(args[6]);
        try {
            Map<String, String> options = new HashMap<>();
            Arrays.stream(args).skip(7).map(o -> o.split("=", 2)).forEach(o -> options.put(o[0], o[1]));
            Setup setup = new Setup(Integer.parseInt(args[2]), Integer.parseInt(args[3]), ints(args[4]), ints(args[5]), options);
            MeshSystem system = (MeshSystem) Class.forName(args[1]).getConstructor().newInstance();
            try (Socket control = new Socket(Setup.HOST, Integer.parseInt(args[0]))) {
                control.setTcpNoDelay(true);
                new Node(setup, system, control).serve();
            }
        } catch (Exception | Error e) {
            e.printStackTrace();
        } finally { // the driver has let go, or has died: leave nothing behind
            Arrays.stream(pids).forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
            Runtime.getRuntime().halt(0);
        }
    }

    private static int[] ints(String list) {
        return Arrays.stream(list.split(",")).filter(s -> !s.isEmpty()).mapToInt(Integer::parseInt).toArray();
    }

    private void serve() throws Exception {
        daemon("converge", this::converge);
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "round" -> {
                    round.stopped = true;
                    publishing.join();
                    round = new Round(Integer.parseInt(words[1]), setup.index(), setup.nodes(),
                            Integer.parseInt(words[2]), Integer.parseInt(words[3]), Integer.parseInt(words[4]),
                            system.told());
                    out.println("armed");
                }
                case "go" -> publishing = daemon("publish", () -> run(round));
                case "stop" -> round.stopped = true;
                case "record" -> {
                    recording = new Recording(Configuration.getConfiguration("profile"));
                    recording.enable("jdk.CPUTimeSample").with("throttle", "10ms");
                    recording.start();
                    out.println("recording");
                }
                case "dump" -> {
                    recording.dump(Path.of("node-" + setup.index() + ".jfr"));
                    recording.close();
                    out.println("dumped");
                }
                default -> throw new IllegalArgumentException(line);
            }
        }
    }

    /** Joins the mesh, then sends probes until the first round; ready when one has come from every other node. */
    private void converge() {
        try {
            Round probe = round;
            system.start(setup, message -> round.receive(message));
            while (!system.converged()) {
                Thread.sleep(10);
            }
            publishing = daemon("probe", () -> probe.publish(system));
            while (!probe.heardAll()) {
                Thread.sleep(10);
            }
            out.println("ready");
        } catch (Exception | Error e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    private static Thread daemon(String name, Runnable task) {
        return Thread.ofPlatform().daemon().name(name).start(task);
    }

    private void run(Round round) {
        try {
            round.publish(system);
            round.awaitMessages(system);
            out.println("done " + round.report(system));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
