package dev.wsmesh;

import dev.wsmesh.cli.CommandLineInterface;
import dev.wsmesh.config.MeshConfiguration;
import java.io.PrintWriter;
import java.security.Security;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/** The node as a program of its own. */
@SpringBootConfiguration
@EnableAutoConfiguration
@Import(MeshConfiguration.class)
public class WsmeshApplication {

    /** Runs the command line; returns to a running node, or ends the process with the command's exit code. */
    public static void main(String[] args) {
        resolveNamesAfresh();
        PrintWriter out = new PrintWriter(System.out, true, System.out.charset());
        PrintWriter err = new PrintWriter(System.err, true, System.err.charset());
        int exitCode = new CommandLineInterface(new StandaloneNode(), out, err).run(args);
        if (exitCode != CommandLineInterface.RUNNING) {
            System.exit(exitCode);
        }
    }

    /** The platform would keep a name's addresses for 30 s, and a peer that moved would be dialled where it was. */
    private static void resolveNamesAfresh() {
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
    }
}
