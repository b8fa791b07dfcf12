package dev.wsmesh.cli;

import dev.wsmesh.cli.Findings.Finding;
import dev.wsmesh.identity.ClusterKeyFile;
import dev.wsmesh.identity.ClusterKeys;
import dev.wsmesh.websocket.PeerUrl;
import dev.wsmesh.websocket.ProxyEnvironment;
import dev.wsmesh.websocket.ProxyServer;
import dev.wsmesh.websocket.ProxySettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says why a peer cannot be linked with. */
@Command(
        name = "doctor",
        versionProvider = VersionProvider.class,
        mixinStandardHelpOptions = true,
        description =
                "Goes the way to a peer, hop by hop, as a node here would that dials it: proxy, name, TCP, TLS, upgrade,"
                        + " handshake, version. Names the first hop that fails, and what to do about it.",
        footer = {
            "",
            "  java -jar wsmesh-exec.jar doctor wss://node1.example.org/mesh",
            "",
            "Run it where the node runs that should dial the peer, with the same MESH_KEY,",
            "MESH_CLUSTER, MESH_PROXY, HTTPS_PROXY and so on. To the peer it is a node of",
            "its own, which looks and goes: nothing is published, nobody is displaced.",
            "",
            "Exit codes: 0 all hops work, 1 one does not, 2 wrong usage."
        })
final class DoctorCommand implements Callable<Integer> {

    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);
    /** As Spring reads mesh.key-file from the environment: the first is the canonical name, and wins. */
    private static final List<String> KEY_FILE_VARIABLES = List.of("MESH_KEYFILE", "MESH_KEY_FILE");

    private static final int MOST_CLUSTER_BYTES = 255;

    private final Surroundings surroundings;

    @Spec
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "URL",
            description = "Where the peer is dialled: ws:// or wss://; http:// and https:// mean the same.")
    private String url;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description =
                    "The cluster key (default: MESH_KEY, which others on this machine cannot see, unlike a command"
                            + " line).")
    private @Nullable String key;

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            description = "A file with the cluster key (default: MESH_KEYFILE, or MESH_KEY_FILE).")
    private @Nullable String keyFile;

    @Option(
            names = "--cluster",
            paramLabel = "NAME",
            description = "The name of the mesh (default: MESH_CLUSTER, else none).")
    private @Nullable String cluster;

    @Option(
            names = "--proxy",
            paramLabel = "URL",
            description =
                    "The HTTP proxy between (default: MESH_PROXY, else HTTPS_PROXY for wss://, HTTP_PROXY for ws://,"
                            + " but for NO_PROXY).")
    private @Nullable String proxy;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "The certificates (PEM) to trust instead of the Java platform's, as with mesh.ssl.bundle.")
    private @Nullable String authority;

    @Option(
            names = "--header",
            paramLabel = "NAME=VALUE",
            description = "A header of the upgrade, as with mesh.peers[n].headers. May be repeated.")
    private Map<String, String> headers = new LinkedHashMap<>();

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            description = "How long each hop may take (default: 5s).")
    private @Nullable Duration timeout;

    @Option(names = "--json", description = "Print one JSON object, for scripts.")
    private boolean json;

    DoctorCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        PeerUrl target = target();
        Way way = new Way(
                target,
                proxies(),
                checked(() -> Trust.in(authority)),
                headers(),
                Objects.requireNonNullElse(timeout, DEFAULT_TIMEOUT));
        Findings findings = new Findings();
        Membership membership = new Membership(checked(this::keys), clusterName());
        HopFailure failure = null;
        try {
            way.go(findings, membership);
        } catch (HopFailure e) {
            findings.failed(e);
            failure = e;
        }
        print(target, findings, failure);
        return failure == null ? ExitCodes.DONE : ExitCodes.FAILED;
    }

    private void print(PeerUrl target, Findings findings, @Nullable HopFailure failure) {
        if (json) {
            surroundings.out().println(Json.write(object(target, findings, failure)));
        } else {
            Table table = new Table("hop", "state", "time", "found");
            for (Finding each : findings.all()) {
                table.add(List.of(
                        each.hop().toString(),
                        each.state().name().toLowerCase(Locale.ROOT),
                        Spans.millis(each.millis()),
                        each.text()));
            }
            table.print(surroundings.out());
            surroundings
                    .out()
                    .println(
                            failure == null
                                    ? "all hops work: a node here can link with " + target
                                    : failure.hop() + " fails: " + failure.problem() + "; " + failure.advice());
        }
        surroundings.out().flush();
    }

    private static Map<String, @Nullable Object> object(
            PeerUrl target, Findings findings, @Nullable HopFailure failure) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("url", target.toString());
        object.put("ok", failure == null);
        object.put("failed", failure == null ? null : failure.hop().toString());
        object.put("problem", failure == null ? null : failure.problem());
        object.put("advice", failure == null ? null : failure.advice());
        object.put("hops", findings.all().stream().map(DoctorCommand::object).toList());
        return object;
    }

    private static Map<String, Object> object(Finding finding) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("hop", finding.hop().toString());
        object.put("state", finding.state().name().toLowerCase(Locale.ROOT));
        object.put("millis", Math.round(finding.millis() * 10) / 10.0);
        object.put("found", finding.text());
        return object;
    }

    private PeerUrl target() {
        String text = url.strip();
        return checked(
                () -> PeerUrl.parse(text.matches("(?i)https?://.*") ? "ws" + text.substring("http".length()) : text));
    }

    private ProxySettings proxies() {
        String given = proxy != null ? proxy : surroundings.variable("MESH_PROXY");
        String source = proxy != null ? "--proxy" : "MESH_PROXY";
        return checked(() -> given == null
                ? ProxyEnvironment.settings(surroundings.environment(), ProxyServer::parse)
                : ProxySettings.all(ProxyServer.parse(source, given)));
    }

    /** The option wins over the variable of its kind; two of the same rank are one too many, as in a node. */
    private ClusterKeys keys() {
        boolean given = key != null || keyFile != null;
        String inline = given ? key : surroundings.variable("MESH_KEY");
        String variable = keyFileVariable();
        String file = given || variable == null ? keyFile : surroundings.variable(variable);
        if (inline != null && file != null) {
            throw new IllegalArgumentException(
                    (given ? "--key and --key-file" : "MESH_KEY and " + variable) + ": give one of them");
        }
        if (file != null) {
            return ClusterKeys.parse(keysIn(file));
        }
        return inline == null ? ClusterKeys.NONE : ClusterKeys.parse(List.of(inline.split(",")));
    }

    private @Nullable String keyFileVariable() {
        return KEY_FILE_VARIABLES.stream()
                .filter(name -> surroundings.variable(name) != null)
                .findFirst()
                .orElse(null);
    }

    private static List<String> keysIn(String file) {
        try {
            List<String> keys = ClusterKeyFile.read(Path.of(file));
            if (keys.isEmpty()) {
                throw new IllegalArgumentException("'" + file + "' holds no key; the command 'key' makes one");
            }
            return keys;
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + file + "' is no path: " + e.getReason(), e);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "'" + file + "' cannot be read (" + e.getClass().getSimpleName() + ")", e);
        }
    }

    private String clusterName() {
        String name = cluster != null ? cluster : surroundings.variable("MESH_CLUSTER");
        if (name != null && name.getBytes(StandardCharsets.UTF_8).length > MOST_CLUSTER_BYTES) {
            throw wrong("the name of a mesh has at most " + MOST_CLUSTER_BYTES + " bytes in UTF-8");
        }
        return Objects.requireNonNullElse(name, "");
    }

    private Map<String, String> headers() {
        headers.forEach((name, value) -> {
            if (!name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+") || !value.matches("[ -~]*")) {
                throw wrong("--header " + name + ": a name is letters, digits and !#$%&'*+.^_`|~-, a value is printable"
                        + " ASCII");
            }
        });
        return headers;
    }

    /** Makes picocli's complaint out of ours. */
    private <T> T checked(Supplier<T> parser) {
        try {
            return parser.get();
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
