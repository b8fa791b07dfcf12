package dev.wsmesh.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** Runs three nodes in this process, as in the seed's example: 8080; 8085 dials 8080; 8086 dials both. */
@Command(
        name = "demo",
        versionProvider = VersionProvider.class,
        mixinStandardHelpOptions = true,
        description = "Runs a mesh of three nodes in this process and shows their broadcasts arriving.")
final class DemoCommand implements Callable<Integer> {

    private static final List<Integer> PORTS = List.of(8080, 8085, 8086);

    private final NodeStarter starter;
    private final SpringArguments given;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--interval",
            paramLabel = "DURATION",
            defaultValue = "2s",
            description = "Pause between a node's broadcasts (default: ${DEFAULT-VALUE}; a node by itself uses 10s).")
    private String interval;

    DemoCommand(NodeStarter starter, SpringArguments given) {
        this.starter = starter;
        this.given = given;
    }

    @Override
    public Integer call() throws NodeStarter.StartFailure, IOException {
        if (given.has("mesh.bind") || given.has("mesh.peers") || parentHas("--bind") || parentHas("--peers")) {
            throw new ParameterException(
                    spec.commandLine(),
                    "the demo chooses where its three nodes listen and whom they dial; leave out bind and peers");
        }
        List<String> urls = new ArrayList<>();
        List<AutoCloseable> nodes = new ArrayList<>();
        for (int port : freePorts()) {
            nodes.add(starter.start(arguments(port, urls)));
            urls.add("ws://localhost:" + port);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> closeAll(nodes), "mesh-demo-leave"));
        spec.commandLine()
                .getOut()
                .printf(
                        "%nThree nodes are up, each dialling the ones before it: %s.%nEach broadcasts to the two others every %s or"
                                + " so. Open http%s/ in a browser; Ctrl-C ends all.%n%n",
                        String.join(", ", urls), interval, urls.getFirst().substring("ws".length()));
        return CommandLineInterface.RUNNING;
    }

    private boolean parentHas(String option) {
        ParseResult parent = spec.commandLine().getParent().getParseResult();
        return parent.hasMatchedOption(option);
    }

    private List<String> arguments(int port, List<String> peers) {
        return given.withDefault("mesh.bind", "localhost:" + port)
                .withDefault("mesh.peers", String.join(",", peers))
                .withDefault("mesh.broadcast.interval", interval)
                .withDefault("mesh.broadcast.jitter", "200ms")
                .toList();
    }

    /** All at once, so that peers which hold one node up do not hold up the others. */
    private static void closeAll(List<AutoCloseable> nodes) {
        List<Thread> closers = nodes.stream()
                .map(node -> Thread.ofVirtual().start(() -> close(node)))
                .toList();
        for (Thread closer : closers) {
            try {
                closer.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static void close(AutoCloseable node) {
        try {
            node.close();
        } catch (Exception e) {
            throw new IllegalStateException("a node could not leave", e);
        }
    }

    /** The example's ports; another for each that is taken. */
    private static List<Integer> freePorts() throws IOException {
        List<Integer> ports = new ArrayList<>();
        for (int port : PORTS) {
            ports.add(isFree(port) ? port : anyFree());
        }
        return ports;
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = bound(port)) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private static int anyFree() throws IOException {
        try (ServerSocket socket = bound(0)) {
            return socket.getLocalPort();
        }
    }

    private static ServerSocket bound(int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getByName("localhost"), port));
        return socket;
    }
}
