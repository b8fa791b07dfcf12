package dev.wsmesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.TestNode;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands find the gateway of a node that has it elsewhere. */
class GatewayPathTest {

    private final Terminal terminal = new Terminal();

    @ParameterizedTest
    @CsvSource({
        "publish a,                                   /, /api/topics/a",
        "publish a --gateway-path=/bus,               /, /bus/topics/a",
        "publish a --gateway-path /v1/mesh-api,       /, /v1/mesh-api/topics/a",
        "publish a --gateway-path=/bus,        /behind/, /behind/bus/topics/a",
        "publish a,                             /behind, /behind/api/topics/a",
        "topics --json --gateway-path=/bus,           /, /bus/topics",
        "peers --json --gateway-path=/bus,            /, /bus/peers",
        "subscribe a --for 1ms --gateway-path=/bus,   /, /bus/topics/a"
    })
    void what_is_asked_for_stands_behind_the_nodes_url_and_the_gateways_path(String line, String prefix, String asked)
            throws IOException {
        try (StandInGateway gateway = StandInGateway.start()) {
            if (line.startsWith("subscribe")) {
                gateway.endlessEvents();
            } else {
                gateway.json(200, "{}");
            }
            terminal.with("MESH_NODE", gateway.url() + prefix).typing("x");
            assertThat(terminal.run(line.split(" "))).as(terminal.err()).isZero();
            assertThat(gateway.requests().getFirst().uri()).isEqualTo(asked);
        }
    }

    @Test
    void a_node_and_the_commands_beside_it_read_the_path_from_the_same_variable() {
        try (TestNode node = TestNode.start("--mesh.gateway.path=/bus")) {
            terminal.with("MESH_NODE", "http://" + node.bind());
            assertThat(terminal.typing("x").run("publish", "a")).isEqualTo(ExitCodes.FAILED);
            assertThat(terminal.err()).contains("has no such address (404)", "--gateway-path");
            terminal.with("MESH_GATEWAY_PATH", "/bus");
            assertThat(terminal.typing("x").run("publish", "a")).isZero();
            assertThat(terminal.run("topics")).isZero();
            assertThat(terminal.out()).contains("a ");
            assertThat(terminal.run("topics", "--gateway-path=/api")).isEqualTo(ExitCodes.FAILED);
        }
    }
}
