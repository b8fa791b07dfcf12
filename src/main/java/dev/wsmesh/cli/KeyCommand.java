package dev.wsmesh.cli;

import dev.wsmesh.identity.ClusterKey;
import dev.wsmesh.identity.ClusterKeyFile;
import dev.wsmesh.identity.ClusterKeys;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
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
            description =
                    "Write it into a file that only its owner may read; a key file that is there already is kept.")
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
            Path made = Path.of(path);
            if (ClusterKeyFile.createIfAbsent(made)) {
                out.println(path + " holds a new cluster key");
                return ExitCode.OK;
            }
            String complaint = complaint(made);
            if (complaint != null) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--file '" + path + "' is there already, and no key is to be had from it: " + complaint);
            }
            out.println(path + " is there already, and is kept");
            return ExitCode.OK;
        } catch (InvalidPathException e) {
            throw new ParameterException(spec.commandLine(), "--file '" + path + "' is no path: " + e.getReason());
        } catch (IOException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--file '" + path + "' cannot be written (" + e.getClass().getSimpleName() + ")");
        }
    }

    /** Why no node could take its key from there; null if it can. */
    private static @Nullable String complaint(Path file) {
        if (Files.isDirectory(file)) {
            return "it is a directory; name a file in it";
        }
        try {
            return ClusterKeys.parse(ClusterKeyFile.read(file)).isEmpty()
                    ? "it holds no key; remove it, and the command makes one"
                    : null;
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        } catch (IOException e) {
            return "it cannot be read (" + e.getClass().getSimpleName() + ")";
        }
    }
}
