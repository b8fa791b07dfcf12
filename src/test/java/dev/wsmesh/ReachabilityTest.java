package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;

/** What a node says of where it can be dialled is what others can dial. */
class ReachabilityTest {

    private static final String BELOW = "--server.servlet.context-path=/app";

    @Test
    void a_node_of_an_application_with_a_path_of_its_own_is_found_through_others() throws Exception {
        try (TestNode contact = TestNode.start();
                TestNode below = TestNode.start(BELOW, "--mesh.path=/mesh", "--mesh.peers=" + contact.url())
                        .awaitNeighbours(1);
                TestNode joiner = TestNode.start("--mesh.peers=" + contact.url())) {
            await().atMost(PATIENCE).until(() -> joiner.neighbours().contains(below.id()));
            assertThat(below.mesh().nodes().getFirst().url()).endsWith(":" + below.port() + "/app/mesh");
            assertThat(below.get("/app/actuator/mesh").body()).contains("\"path\":\"/app/mesh\"");
            await().atMost(PATIENCE)
                    .until(() -> below.get("/app/actuator/health").body().contains("\"dialledByOthers\":true"));
        }
    }

    @Test
    void a_node_that_nobody_has_dialled_says_so() throws Exception {
        try (TestNode contact = TestNode.start();
                TestNode outbound = TestNode.start("--mesh.outbound-only=true", "--mesh.peers=" + contact.url())
                        .awaitNeighbours(1)) {
            assertThat(outbound.get("/actuator/health").body()).contains("\"dialledByOthers\":false");
            assertThat(contact.get("/actuator/health").body()).contains("\"dialledByOthers\":true");
        }
    }
}
