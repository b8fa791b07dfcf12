package dev.wsmesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.cli.CommandLineInterface;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Each mistake a user can make is told in one line with the value and the rule, and nothing else is printed. */
@ExtendWith(OutputCaptureExtension.class)
class BadConfigurationTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "--peers=http://a           | 'http://a' is not a peer URL: it must begin with ws:// or wss://",
                "-p ws://a,b                | 'b' is not a peer URL",
                "--bind=nowhere             | 'nowhere' is not an address to listen on",
                "-b localhost:99999         | 'localhost:99999' is not an address to listen on",
                "--frobnicate               | Unknown option: '--frobnicate'",
                "--frobnicate=1             | Unknown option: '--frobnicate=1'",
                "surplus                    | 'surplus'",
                "--bind                     | Missing required parameter for option '--bind'",
                "demo --interval            | Missing required parameter for option '--interval'",
                "--mesh.broadcast.interval   | --mesh.broadcast.interval: this needs a value",
                "--bind=localhost:0 --mesh.bind=localhost:1 | --bind and --mesh.bind mean the same; give one of them",
                "--mesh.limits.max-message-bytes=10B | mesh.broadcast.text: 'Message to client {index} from {bind}' is not allowed",
                "demo --mesh.bind=localhost:0 | the demo chooses where its three nodes listen",
                "-p ws://a:1 demo           | the demo chooses where its three nodes listen",
                "--peers=ws://a:1 --mesh.peers[0].url=ws://b:1 | --peers and --mesh.peers mean the same",
                "--mesh.dial.backoff-max=999999d | mesh.dial.backoff-max: '86399913600s' is not allowed; give a duration of at least 500ms and at most 1d",
                "--mesh.key-file=           | mesh.key-file: '' is not allowed; give the path of a file with a key, or leave",
                "--server.ssl.bundle=none   | 'none' is not the name of an SSL bundle",
                "--management.server.port=abc | 'abc' is not a whole number",
                "demo --interval=soon       | mesh.broadcast.interval: 'soon' is not a duration",
                "--mesh.bind=nowhere        | mesh.bind: 'nowhere' is not an address to listen on",
                "--mesh.bind=192.0.2.1:0    | mesh.bind: '192.0.2.1:0' is not allowed; give a host that is a name or an address of this machine",
                "--mesh.peers=ftp://a       | mesh.peers: 'ftp://a' is not a peer URL",
                "--mesh.peers[0].headers.A=1 | a url for each peer",
                "--mesh.peers[0].url=ws://a --mesh.peers[0].headers.Host=b | mesh.peers[n].headers: 'Host' is not allowed",
                "--mesh.outbound-only=true --mesh.advertised-url=ws://a | mesh.advertised-url: 'ws://a' is not allowed; give no URL at all",
                "--mesh.path=mesh           | mesh.path: 'mesh' is not allowed; give a path that begins with '/'",
                "--mesh.path=/a/**          | mesh.path: '/a/**' is not allowed",
                "--mesh.allowed-origins=example.org | mesh.allowed-origins: 'example.org' is not allowed; give an origin",
                "--mesh.broadcast.interval=fortnight | mesh.broadcast.interval: 'fortnight' is not a duration; write it like",
                "--mesh.broadcast.interval=0s | mesh.broadcast.interval: '0s' is not allowed; give a duration of at least 10ms",
                "--mesh.broadcast.jitter=-1s | mesh.broadcast.jitter: '-1s' is not allowed",
                "--mesh.broadcast.enabled=perhaps | mesh.broadcast.enabled: 'perhaps' is not true or false",
                "--mesh.dial.timeout=0      | mesh.dial.timeout: '0s' is not allowed",
                "--mesh.dial.backoff-max=100ms | mesh.dial.backoff-max: '100ms' is not allowed; give a duration of at least 500ms",
                "--mesh.plain-peers.queue-messages=0 | mesh.plain-peers.queue-messages: '0' is not allowed; give a number of at least 1",
                "--mesh.plain-peers.queue-bytes=lots | mesh.plain-peers.queue-bytes: 'lots' is not a size; write it like",
                "--mesh.limits.max-message-bytes=1GB | mesh.limits.max-message-bytes: '1073741824B' is not allowed; give a size from 1B to",
                "--mesh.limits.max-sessions=many | mesh.limits.max-sessions: 'many' is not a whole number",
                "--mesh.health.min-peers=-1 | mesh.health.min-peers: '-1' is not allowed",
                "--mesh.leave.flush-timeout=1h | mesh.leave.flush-timeout: '3600s' is not allowed; give at most 20s",
                "--mesh.proxy=http://me:hidden@proxy | mesh.proxy: 'http://***@proxy' is not an HTTP proxy: it needs a host",
                "--mesh.gateway.tokens[0].token=short | mesh.gateway.tokens[0].token: a token has at least 16 characters",
                "--mesh.gateway.tokens[0].publish=a | mesh.gateway.tokens[0]: give either a token or a token-file",
                "--mesh.gateway.path=api/   | mesh.gateway.path: 'api/' is not allowed; give a path that begins with '/'",
                "--mesh.gateway.heartbeat=31s | mesh.gateway.heartbeat: '31s' is not allowed",
                "--mesh.gateway.heartbeat=1ms | mesh.gateway.heartbeat: '1ms' is not allowed",
                "--mesh.ssl.bundle=none     | mesh.ssl.bundle: 'none' is not the name of an SSL bundle",
                "--mesh.brodcast.text=x     | mesh.brodcast.text: there is no such property",
                "--server.port=web          | server.port: 'web' is not a whole number",
                "--server.port=70000        | server.port: '70000' is not allowed; give a port from 0 to 65535",
                "--spring.config.location=/no/such/file.yml | /no/such/file.yml"
            })
    void a_mistake_is_told_in_one_line_with_exit_code_2(String arguments, String expected, CapturedOutput output) {
        int exitCode = run(withFreePort(arguments).split(" ", -1));
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .startsWith("wsmesh: ")
                .contains(expected)
                .doesNotContain("Exception");
        assertThat(exitCode).isEqualTo(2);
        assertThat(output.getAll()).isEmpty();
    }

    @Test
    void a_configuration_file_that_is_not_yaml_is_told_in_one_line(@TempDir Path directory, CapturedOutput output)
            throws IOException {
        Path file = Files.writeString(directory.resolve("application.yml"), "mesh:\n  peers: [ws://a:1\n");
        assertThat(run("--spring.config.location=" + file)).isEqualTo(2);
        assertThat(err.toString().lines()).singleElement().asString().contains("is not YAML");
        assertThat(output.getAll()).isEmpty();
    }

    @Test
    void a_taken_port_is_told_in_one_line_with_exit_code_1(CapturedOutput output) throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
            assertThat(run("--bind=localhost:" + taken.getLocalPort())).isEqualTo(1);
            assertThat(err.toString().lines())
                    .singleElement()
                    .asString()
                    .contains("port " + taken.getLocalPort() + " is taken")
                    .contains("mesh.bind");
        }
        assertThat(output.getAll()).isEmpty();
    }

    @Test
    void help_and_version_are_told_without_starting_anything(CapturedOutput output) {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("--bind", "--peers", "demo");
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).containsPattern("wsmesh \\d+\\.\\d+");
        assertThat(run("demo", "--help")).isZero();
        assertThat(err.toString()).isEmpty();
        assertThat(output.getAll()).isEmpty();
    }

    private int run(String... arguments) {
        return new CommandLineInterface(new StandaloneNode(), new PrintWriter(out, true), new PrintWriter(err, true))
                .run(arguments);
    }

    /** So that a mistake that is not noticed starts a node that disturbs nobody. */
    private static String withFreePort(String arguments) {
        boolean choosesPort = arguments.contains("bind")
                || arguments.contains("-b")
                || arguments.contains("server.port")
                || arguments.startsWith("demo");
        return choosesPort ? arguments : arguments + " --mesh.bind=localhost:0";
    }
}
