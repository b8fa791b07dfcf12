package dev.wsmesh.cli;

import dev.wsmesh.node.BindAddress;
import dev.wsmesh.websocket.PeerUrl;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Runs a node. */
@Command(
        name = "wsmesh",
        versionProvider = VersionProvider.class,
        mixinStandardHelpOptions = true,
        description = "Runs a node of a peer-to-peer mesh over WebSocket.",
        footer = {
            "",
            "Every property can also be given as --name=value, for example",
            "--mesh.broadcast.interval=5s, in application.yml, or in the environment",
            "(MESH_BIND, MESH_PEERS, MESH_BROADCAST_INTERVAL, ...);",
            "docs/configuration.md lists them.",
            "",
            "Exit codes: 2 for wrong usage or configuration, 1 if the node could not",
            "start or leave in time, 143 and 130 after SIGTERM and Ctrl-C."
        })
final class NodeCommand implements Callable<Integer> {

    private final NodeStarter starter;
    private final SpringArguments given;

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-b", "--bind"},
            paramLabel = "HOST:PORT",
            converter = BindConverter.class,
            description = "Where to listen (default: localhost:8080).")
    private @Nullable BindAddress bind;

    @Option(
            names = {"-p", "--peers"},
            paramLabel = "URL",
            split = ",",
            converter = PeerConverter.class,
            description = "Peers to dial: ws:// or wss:// URLs, separated by commas.")
    private @Nullable List<PeerUrl> peers;

    NodeCommand(NodeStarter starter, SpringArguments given) {
        this.starter = starter;
        this.given = given;
    }

    @Override
    public Integer call() throws NodeStarter.StartFailure {
        SpringArguments arguments = given;
        if (bind != null) {
            arguments = with(arguments, "--bind", "mesh.bind", bind.toString());
        }
        if (peers != null) {
            String urls = String.join(",", peers.stream().map(PeerUrl::toString).toList());
            arguments = with(arguments, "--peers", "mesh.peers", urls);
        }
        starter.start(arguments.toList());
        return CommandLineInterface.RUNNING;
    }

    private SpringArguments with(SpringArguments arguments, String option, String property, String value) {
        if (arguments.has(property)) {
            throw new ParameterException(
                    spec.commandLine(), option + " and --" + property + " mean the same; give one of them");
        }
        return arguments.withDefault(property, value);
    }

    /** Makes picocli's complaint out of ours. */
    static final class BindConverter implements ITypeConverter<BindAddress> {
        @Override
        public BindAddress convert(String value) {
            try {
                return BindAddress.parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** Makes picocli's complaint out of ours. */
    static final class PeerConverter implements ITypeConverter<PeerUrl> {
        @Override
        public PeerUrl convert(String value) {
            try {
                return PeerUrl.parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
