package dev.wsmesh.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.junit.jupiter.Testcontainers;

/** What the image promises to whoever runs it. */
@Testcontainers(disabledWithoutDocker = true)
class ImageIT {

    private static final long SMALL_CONTAINER_BYTES = 256L * 1024 * 1024;

    @Test
    void in_a_small_container_the_node_starts_from_the_ahead_of_time_cache() {
        try (NodeContainer node = new NodeContainer()
                // With "on" the JVM does not start unless it can use the cache.
                .withEnv("JAVA_TOOL_OPTIONS", "-XX:AOTMode=on -Xlog:class+load")
                .withCreateContainerCmdModifier(command ->
                        Objects.requireNonNull(command.getHostConfig()).withMemory(SMALL_CONTAINER_BYTES))) {
            node.start();

            assertThat(node.getLogs().lines())
                    .as("our own classes come out of the cache")
                    .anyMatch(line -> line.contains("dev.wsmesh.WsmeshApplication source: shared objects file"));
        }
    }

    @Test
    void java_is_the_first_process_and_does_not_run_as_root() throws IOException, InterruptedException {
        try (NodeContainer node = new NodeContainer()) {
            node.start();

            assertThat(output(node, "cat", "/proc/1/comm")).isEqualTo("java");
            assertThat(output(node, "stat", "-c", "%U", "/proc/1")).isEqualTo("wsmesh");
            assertThat(output(node, "find", "/app", "-user", "wsmesh"))
                    .as("the node cannot change its own program")
                    .isEmpty();
        }
    }

    @Test
    void the_health_check_asks_where_the_command_line_binds() throws IOException, InterruptedException {
        try (NodeContainer node = new NodeContainer("--bind", "0.0.0.0:9090").checkedByTheImage()) {
            node.start();

            assertThat(healthCheckExitCode(node, "MANAGEMENT_SERVER_PORT=9090")).isEqualTo(0);
            assertThat(healthCheckExitCode(node, "MANAGEMENT_SERVER_PORT=9091"))
                    .as("nothing answers there")
                    .isEqualTo(1);
        }
    }

    @Test
    void the_health_check_asks_the_port_of_the_environment() {
        try (NodeContainer node = new NodeContainer()
                .checkedByTheImage()
                .withEnv("SERVER_PORT", "9092")
                .withEnv("MESH_BIND", "0.0.0.0:9090")
                .withEnv("MANAGEMENT_SERVER_PORT", "9091")) {
            node.start();

            assertThat(node.isHealthy()).isTrue();
        }
    }

    @Test
    void arguments_reach_the_command_line() {
        try (NodeContainer node = new NodeContainer("--version")
                .waitingFor(Wait.forLogMessage("wsmesh .*\\n", 1))
                .withStartupCheckStrategy(new OneShotStartupCheckStrategy().withTimeout(NodeContainer.PATIENCE))) {
            node.start();

            assertThat(node.getLogs().lines()).anyMatch(line -> line.startsWith("wsmesh "));
        }
    }

    private static String output(NodeContainer node, String... command) throws IOException, InterruptedException {
        return node.execInContainer(command).getStdout().strip();
    }

    private static int healthCheckExitCode(NodeContainer node, String variable)
            throws IOException, InterruptedException {
        return node.execInContainer("env", variable, "bash", "/app/healthcheck.sh")
                .getExitCode();
    }
}
