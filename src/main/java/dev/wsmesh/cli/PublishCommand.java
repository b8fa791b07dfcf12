package dev.wsmesh.cli;

import dev.wsmesh.protocol.Topic;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Publishes by way of a running node. */
@Command(
        name = "publish",
        versionProvider = VersionProvider.class,
        mixinStandardHelpOptions = true,
        description = "Publishes a message on a topic, through a running node.",
        footer = {
            "",
            "  echo 'hello, mesh' | java -jar wsmesh-exec.jar publish news",
            "  java -jar wsmesh-exec.jar publish orders.created order.json --ack 1",
            "",
            "Exit codes: 0 published, 1 failed, 2 wrong usage, 3 node not reachable,",
            "4 not allowed, 6 not now (too few peers, or too fast): try again, 8 published,",
            "but not held by --ack neighbours in time: do not try again."
        })
final class PublishCommand implements Callable<Integer> {

    private static final String STANDARD_INPUT = "-";

    /** A node refuses to wait for others any longer (docs/http.md); its answer may take longer than that. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
    private static final Pattern HEADER_VALUE = Pattern.compile("[ -~]*");

    private final Surroundings surroundings;

    @Spec
    private CommandSpec spec;

    @Mixin
    private final GatewayOptions options = new GatewayOptions();

    @Parameters(index = "0", paramLabel = "TOPIC", description = "Words separated by dots, like orders.created.")
    private String topic;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "FILE|-",
            defaultValue = STANDARD_INPUT,
            description = "What to publish; - or nothing means the standard input.")
    private String file;

    @Option(
            names = "--content-type",
            paramLabel = "TYPE",
            description = "What it is (default: application/json for *.json, text/plain for text, else"
                    + " application/octet-stream).")
    private @Nullable String contentType;

    @Option(names = "--lines", description = "Publish each line as a message of its own, as it comes.")
    private boolean lines;

    @Option(
            names = "--ack",
            paramLabel = "K",
            description = "Wait until so many neighbours of the node say that they hold it, too.")
    private @Nullable Integer acknowledgements;

    @Option(names = "--min-peers", paramLabel = "N", description = "Wait until so many nodes are linked with it.")
    private @Nullable Integer minPeers;

    @Option(
            names = "--policy",
            paramLabel = "POLICY",
            description = "While a neighbour is slow: wait, fail or ignore (default: the node's, which is wait).")
    private @Nullable Policy policy;

    @Option(names = "--header", paramLabel = "NAME=VALUE", description = "A header of the message. May be repeated.")
    private Map<String, String> headers = new LinkedHashMap<>();

    /** What the node does while a neighbour is slow. */
    enum Policy {
        WAIT,
        FAIL,
        IGNORE
    }

    PublishCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws CommandFailure {
        check();
        Gateway gateway = options.gateway(surroundings);
        try (InputStream in = open()) {
            if (lines) {
                publishLines(gateway, in);
            } else {
                publish(gateway, in.readAllBytes());
            }
            return ExitCodes.DONE;
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private void publishLines(Gateway gateway, InputStream in) throws IOException, CommandFailure {
        long published = 0;
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                publish(gateway, line.getBytes(StandardCharsets.UTF_8));
                published++;
            }
        } catch (CommandFailure e) {
            throw new CommandFailure(e.exitCode(), fate(published + 1, e) + ": " + e.getMessage());
        }
    }

    /** What became of a line, for who wants to go on behind it: publishing one again that is published makes two of it. */
    private static String fate(long line, CommandFailure failure) {
        if (failure.exitCode() == ExitCodes.UNCONFIRMED) {
            return "line " + line + " is published, as those before it are, but not held by as many as asked for";
        }
        return (failure.isUnsettled()
                        ? "it is not known whether line " + line + " was published"
                        : "line " + line + " was not published")
                + ", those before it were";
    }

    private void publish(Gateway gateway, byte[] body) throws CommandFailure {
        Map<String, String> request = new LinkedHashMap<>();
        request.put("Content-Type", contentType == null ? guess(body) : contentType);
        put(request, "Mesh-Ack", acknowledgements);
        put(request, "Mesh-Min-Peers", minPeers);
        put(request, "Mesh-Policy", policy == null ? null : policy.name().toLowerCase(Locale.ROOT));
        Duration timeout = options.timeout();
        put(request, "Mesh-Timeout", timeout == null ? null : Spans.written(shorter(timeout, LONGEST_WAIT)));
        headers.forEach((name, value) -> request.put("Mesh-Header-" + name, value));
        try {
            print(Receipt.read(gateway.post(Gateway.topic(topic), request, body)));
        } catch (CommandFailure e) {
            if (!e.receipt().values().isEmpty()) {
                print(e.receipt());
            }
            throw e;
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private void print(Fields receipt) {
        surroundings.out().println(options.json() ? Json.write(receipt.values()) : Receipt.inWords(topic, receipt));
        surroundings.out().flush();
    }

    private void check() {
        if (!Topic.isValid(topic)) {
            throw wrong("'" + topic + "' is not a topic: words of printable ASCII, separated by dots, at most "
                    + Topic.MAX_LENGTH + " characters, without spaces, '*' and '>'");
        }
        checkCount("--ack", acknowledgements);
        checkCount("--min-peers", minPeers);
        if (contentType != null && !contentType.matches("[!-~]+/[ -~]+")) {
            throw wrong("--content-type '" + contentType + "' is none; it is like text/plain");
        }
        headers.forEach((name, value) -> {
            if (!HEADER_NAME.matcher(name).matches()
                    || !HEADER_VALUE.matcher(value).matches()) {
                throw wrong("--header '" + name + "=" + value
                        + "': a name is letters, digits and !#$%&'*+.^_`|~-, a value is printable ASCII");
            }
        });
    }

    private void checkCount(String option, @Nullable Integer count) {
        if (count != null && count < 0) {
            throw wrong(option + " " + count + ": there are no fewer than 0");
        }
    }

    private InputStream open() throws IOException {
        if (file.equals(STANDARD_INPUT)) {
            return surroundings.in();
        }
        try {
            return Files.newInputStream(Path.of(file));
        } catch (InvalidPathException e) {
            throw wrong("'" + file + "' is no path: " + e.getReason());
        } catch (IOException e) {
            throw wrong("'" + file + "' cannot be read (" + e.getClass().getSimpleName() + ")");
        }
    }

    private String guess(byte[] body) {
        if (file.toLowerCase(Locale.ROOT).endsWith(".json")) {
            return "application/json";
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
            return "text/plain;charset=UTF-8";
        } catch (CharacterCodingException e) {
            return "application/octet-stream";
        }
    }

    private static void put(Map<String, String> request, String name, @Nullable Object value) {
        if (value != null) {
            request.put(name, value.toString());
        }
    }

    private CommandFailure unreadable(IOException failure) {
        String what = file.equals(STANDARD_INPUT) ? "the standard input" : "'" + file + "'";
        return new CommandFailure(
                ExitCodes.FAILED, what + " could not be read to its end (" + failure.getMessage() + ")");
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
