package dev.wsmesh;

import java.io.IOException;
import org.testcontainers.junit.jupiter.Testcontainers;

/** {@link LinkFaults} between containers. */
@Testcontainers(disabledWithoutDocker = true)
class ContainerLinkFaultsIT extends LinkFaults {

    ContainerLinkFaultsIT() {
        super("in containers: ", true);
    }

    @Override
    LedgerHost host() throws IOException, InterruptedException {
        return new LedgerHost.InContainers();
    }
}
