package dev.wsmesh.bench;

import java.util.Map;

/**
 * What a node is told.
 *
 * @param ports       one free loopback port for every node, to listen on
 * @param serverPorts where the driver has started the system's servers, empty if it has none
 * @param options     the system's from systems.txt, overridden by --opt
 */
public record Setup(int index, int nodes, int[] ports, int[] serverPorts, Map<String, String> options) {

    public static final String HOST = "127.0.0.1";

    public int port() {
        return ports[index];
    }

    /** The port of the server that this node uses. */
    public int serverPort() {
        return serverPorts[index % serverPorts.length];
    }

    public String option(String name, String otherwise) {
        return options.getOrDefault(name, otherwise);
    }

    public int option(String name, int otherwise) {
        return options.containsKey(name) ? Integer.parseInt(options.get(name)) : otherwise;
    }
}
