package dev.wsmesh.bench;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Consumer;

/** One subject over clustered nats-servers; every node uses a server of its own. */
public final class NatsMesh implements MeshSystem {

    private static final String SUBJECT = "mesh";

    private Connection connection;

    @Override
    public void start(Setup setup, Consumer<ByteBuffer> onMessage) throws Exception {
        connection = Nats.connect(Options.builder().server("nats://" + Setup.HOST + ":" + setup.serverPort()).noEcho()
                .writeQueuePushTimeout(Duration.ofSeconds(30)) // by default publish fails after 2 s with the queue full
                .ignoreDiscoveredServers().build());
        Dispatcher dispatcher = connection.createDispatcher(message -> onMessage.accept(ByteBuffer.wrap(message.getData())));
        dispatcher.setPendingLimits(-1, -1); // by default messages beyond 512 k or 64 MB waiting for the callback are dropped
        dispatcher.subscribe(SUBJECT);
        connection.flush(Duration.ofSeconds(5));
    }

    @Override
    public void publish(byte[] payload) {
        connection.publish(SUBJECT, payload);
    }
}
