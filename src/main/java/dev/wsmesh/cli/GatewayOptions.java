package dev.wsmesh.cli;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What all commands need that ask a running node. */
final class GatewayOptions {

    private static final String DEFAULT_NODE = "http://localhost:8080";
    private static final String DEFAULT_PATH = "/api";

    /** The name of a node's property in the environment, so that a command beside the node finds it. */
    private static final String PATH_VARIABLE = "MESH_GATEWAY_PATH";

    private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9._~-]+)+");
    private static final Pattern TOKEN = Pattern.compile("[!-~]+");

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--node",
            paramLabel = "URL",
            description =
                    "The node to ask, like http://host:8080 (default: MESH_NODE, else port 8080 of this machine).")
    private @Nullable String node;

    @Option(
            names = "--gateway-path",
            paramLabel = "PATH",
            description = "The node's mesh.gateway.path, which comes behind --node (default: MESH_GATEWAY_PATH, else"
                    + " /api).")
    private @Nullable String path;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "What the node knows this program by (default: MESH_TOKEN, which others on this machine"
                    + " cannot see, unlike a command line).")
    private @Nullable String token;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "The certificates (PEM) to trust with https:// instead of the Java platform's.")
    private @Nullable String authority;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            description = "How long to wait for the node's answer, like 500ms, 10s or 2m (default: 30s).")
    private @Nullable Duration timeout;

    @Option(names = "--json", description = "Print JSON, for scripts.")
    private boolean json;

    boolean json() {
        return json;
    }

    /** As it was given; null if it was not. */
    @Nullable
    Duration timeout() {
        return timeout;
    }

    Gateway gateway(Surroundings surroundings) {
        boolean own = node != null;
        String given =
                node != null ? node : Objects.requireNonNullElse(surroundings.variable("MESH_NODE"), DEFAULT_NODE);
        URI base = base(own ? "--node" : "MESH_NODE", given);
        String secret = token != null ? token : surroundings.variable("MESH_TOKEN");
        if (secret != null && !TOKEN.matcher(secret).matches()) {
            throw wrong((token != null ? "--token" : "MESH_TOKEN")
                    + ": a token is printable ASCII without spaces; this one has other characters, or none");
        }
        try {
            return new Gateway(
                    base,
                    path(surroundings),
                    secret,
                    Objects.requireNonNullElse(timeout, Gateway.DEFAULT_TIMEOUT),
                    authority == null ? null : Trust.in(authority));
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private String path(Surroundings surroundings) {
        String given = path != null ? path : surroundings.variable(PATH_VARIABLE);
        if (given != null && !PATH.matcher(given).matches()) {
            throw wrong((path != null ? "--gateway-path" : PATH_VARIABLE) + ": '" + given
                    + "' is not allowed; give the node's mesh.gateway.path, which begins with '/', does not end with it,"
                    + " and has letters, digits and ._~-");
        }
        return Objects.requireNonNullElse(given, DEFAULT_PATH);
    }

    private URI base(String name, String text) {
        try {
            URI uri = new URI(text.strip().replaceFirst("/+$", ""));
            boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            if (http
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null
                    && uri.getPort() <= 65_535) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw noNode(name, text);
        }
        throw noNode(name, text);
    }

    private ParameterException noNode(String name, String text) {
        return wrong(name + ": '" + text.replaceAll("//[^/@]*@", "//***@")
                + "' is not where a node answers; it must be like http://host:8080 or https://host/prefix");
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
