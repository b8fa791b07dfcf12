package dev.wsmesh.cli;

import dev.wsmesh.identity.ClusterKey;
import dev.wsmesh.identity.ClusterKeyFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Makes a cluster key. */
@Command(
        name = "key",
        versionProvider = VersionProvider.class,
        mixinStandardHelpOptions = true,
        description = "Makes a cluster key: what all nodes of a mesh know, and nobody else.",
        footer = {
            "",
            "Give it to every node as MESH_KEY, or in a file that mesh.key-file names:",
            "  export MESH_KEY=$(java -jar wsmesh-exec.jar key)"
        })
final class KeyCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description = "Write it into a file that only its owner may read; a file that is there already is kept.")
    private @Nullable String file;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        String path = file;
        if (path == null) {
            out.println(ClusterKey.generate());
            return ExitCode.OK;
        }
        try {
            boolean made = ClusterKeyFile.createIfAbsent(Path.of(path));
            out.println(made ? path + " holds a new cluster key" : path + " is there already, and is kept");
            return ExitCode.OK;
        } catch (InvalidPathException e) {
            throw new ParameterException(spec.commandLine(), "--file '" + path + "' is no path: " + e.getReason());
        } catch (IOException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--file '" + path + "' cannot be written (" + e.getClass().getSimpleName() + ")");
        }
    }
}
