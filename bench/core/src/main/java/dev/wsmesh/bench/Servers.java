package dev.wsmesh.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The server processes some systems need beside the nodes.
 *
 * @param ports    where the nodes find them
 * @param commands one for every server process
 */
record Servers(int[] ports, List<List<String>> commands) {

    /** @param kind as systems.txt names it, or "" for none */
    static Servers of(String kind, Path dir) throws IOException {
        return switch (kind) {
            case "" -> new Servers(new int[0], List.of());
            case "nats" -> nats(dir);
            case "redis" -> {
                int[] ports = freePorts(1);
                // no limit: at the default of 32 MB redis cuts a slow subscriber off
                yield new Servers(ports, List.of(List.of("redis-server", "--bind", Setup.HOST, "--port", "" + ports[0], "--save", "",
                        "--appendonly", "no", "--dir", dir.toString(), "--client-output-buffer-limit", "pubsub 0 0 0")));
            }
            default -> throw new IllegalArgumentException("server " + kind);
        };
    }

    /** A cluster of three, however many nodes there are. */
    private static Servers nats(Path dir) throws IOException {
        int count = 3;
        int[] ports = freePorts(2 * count);
        String routes = IntStream.range(count, 2 * count).mapToObj(i -> "nats://" + Setup.HOST + ":" + ports[i])
                .collect(Collectors.joining(", "));
        return new Servers(IntStream.of(ports).limit(count).toArray(), IntStream.range(0, count).mapToObj(i -> {
            try {
                Path conf = Files.writeString(dir.resolve("nats-" + i + ".conf"), """
                        server_name: node%d
                        host: %s
                        port: %d
                        cluster { name: bench, host: %s, port: %d, routes: [ %s ] }
                        """.formatted(i, Setup.HOST, ports[i], Setup.HOST, ports[count + i], routes));
                return List.of("nats-server", "-c", conf.toString());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }).toList());
    }

    /** A run of ports below those the kernel gives out. */
    static int[] freePorts(int count) {
        while (true) {
            int base = ThreadLocalRandom.current().nextInt(15_000, 32_000);
            if (IntStream.range(base, base + count).allMatch(Servers::free)) {
                return IntStream.range(base, base + count).toArray();
            }
        }
    }

    private static boolean free(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral(Setup.HOST), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
