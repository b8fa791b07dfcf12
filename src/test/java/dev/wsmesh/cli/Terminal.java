package dev.wsmesh.cli;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Somebody who gives commands, and looks at what comes of them. */
public final class Terminal {

    private final Map<String, String> environment = new HashMap<>();
    private StringWriter out = new StringWriter();
    private StringWriter err = new StringWriter();
    private byte[] input = {};

    public Terminal with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    public Terminal typing(String text) {
        return typing(text.getBytes(StandardCharsets.UTF_8));
    }

    public Terminal typing(byte[] bytes) {
        input = bytes.clone();
        return this;
    }

    /** Runs a command; its exit code. */
    public int run(String... arguments) {
        out = new StringWriter();
        err = new StringWriter();
        Surroundings surroundings = new Surroundings(
                environment, new ByteArrayInputStream(input), new PrintWriter(out, true), new PrintWriter(err, true));
        NodeStarter none = _ -> {
            throw new NodeStarter.StartFailure("no node is started here", false);
        };
        return new CommandLineInterface(none, surroundings).run(arguments);
    }

    public String out() {
        return out.toString();
    }

    public String err() {
        return err.toString();
    }

    public List<String> lines() {
        return out().lines().toList();
    }

    public String lastLine() {
        return lines().getLast();
    }
}
