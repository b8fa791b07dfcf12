package dev.wsmesh;

import dev.wsmesh.cli.CommandLineInterface;
import dev.wsmesh.cli.NodeStarter;
import dev.wsmesh.cli.RunningNode;
import dev.wsmesh.config.MeshProperties;
import java.io.PrintWriter;
import java.security.Security;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The node as a program of its own. It has nothing that Spring could find by looking through a package; where that is this class's, Jackson's
 * auto-configuration reads every class of the program at each start, to look for mix-ins.
 */
@SpringBootConfiguration
@EnableAutoConfiguration
@AutoConfigurationPackage(basePackages = WsmeshApplication.NOTHING_TO_SCAN)
public class WsmeshApplication {

    /** There is no such package. */
    static final String NOTHING_TO_SCAN = "dev.wsmesh.nothing";

    /** What leaving may take on top of the time for flushing; closing stuck sessions and the web server needs about half. */
    private static final Duration LEAVE_GRACE = Duration.ofSeconds(3);

    /** Runs the command line; returns to a running node, or ends the process with the command's exit code. */
    public static void main(String[] args) {
        resolveNamesAfresh();
        PrintWriter out = new PrintWriter(System.out, true, System.out.charset());
        PrintWriter err = new PrintWriter(System.err, true, System.err.charset());
        int exitCode = new CommandLineInterface(WsmeshApplication::start, out, err).run(args);
        if (exitCode != CommandLineInterface.RUNNING) {
            System.exit(exitCode);
        }
    }

    /** Nothing of Spring is loaded before this: commands that start no node are to be quick. */
    private static RunningNode start(List<String> springArguments) throws NodeStarter.StartFailure {
        ConfigurableApplicationContext context = new StandaloneNode().run(springArguments);
        try {
            Duration flushTimeout =
                    context.getBean(MeshProperties.class).leave().flushTimeout();
            LeaveWatchdog.install(flushTimeout.plus(LEAVE_GRACE));
        } catch (RuntimeException e) {
            // Stopped the moment it was up: whoever did that ends the process.
            if (context.isActive()) {
                throw e;
            }
        }
        return StandaloneNode.running(context);
    }

    /** The platform would keep a name's addresses for 30 s, and a peer that moved would be dialled where it was. */
    private static void resolveNamesAfresh() {
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
    }
}
