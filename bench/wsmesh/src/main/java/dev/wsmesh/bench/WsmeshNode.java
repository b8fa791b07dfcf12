package dev.wsmesh.bench;

import dev.wsmesh.node.Gap;
import dev.wsmesh.node.Mesh;
import dev.wsmesh.node.Message;
import dev.wsmesh.node.MessageListener;
import dev.wsmesh.node.Publication;
import dev.wsmesh.node.SubscribeOptions;
import dev.wsmesh.node.SubscriptionLimits;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.Topic;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Configuration;

/**
 * A node within a Boot application on whatever servlet container is on the class path, by its bean {@link Mesh}, with every
 * guarantee on and publications that wait. Option {@code topology=line}: each node is linked with the one before it only.
 */
public final class WsmeshNode implements MeshSystem {

    private static final Topic TOPIC = new Topic("bench");
    private static final String BYTES = "application/octet-stream";

    /** What a callback may be behind; beyond that a subscription is told of a gap. */
    private static final SubscriptionLimits QUEUE = new SubscriptionLimits(1 << 20, 64 << 20);

    private final AtomicLong told = new AtomicLong();
    private Mesh mesh;
    private int neighbours;

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class App {}

    @Override
    public void start(Setup setup, Consumer<ByteBuffer> onMessage) {
        boolean line = setup.option("topology", "full").equals("line");
        String peers = IntStream.range(line ? Math.max(0, setup.index() - 1) : 0, setup.index())
                .mapToObj(other -> "ws://" + Setup.HOST + ":" + setup.ports()[other] + "/mesh")
                .collect(Collectors.joining(","));
        Map<String, Object> properties = new HashMap<>(Map.of(
                "mesh.bind", Setup.HOST + ":" + setup.port(),
                "mesh.peers", peers,
                "mesh.membership.fill", !line,
                "mesh.membership.active-view", Math.max(12, setup.nodes()),
                "spring.main.banner-mode", "off",
                "logging.level.root", "warn"));
        setup.options().forEach((name, value) -> {
            if (name.contains(".")) {
                properties.put(name, value);
            }
        });
        mesh = new SpringApplicationBuilder(App.class).properties(properties).run().getBean(Mesh.class);
        neighbours = line ? 1 : setup.nodes() - 1;
        mesh.subscribe(
                SubscribeOptions.to(TOPIC.toString()).withoutOwn().within(QUEUE),
                new MessageListener() {
                    @Override
                    public void onMessage(Message message) {
                        onMessage.accept(message.payloadBuffer());
                    }

                    @Override
                    public void onGap(Gap gap) {
                        System.err.println("told of " + gap);
                        told.addAndGet(gap.to() - gap.from() + 1);
                    }
                });
    }

    @Override
    public boolean converged() {
        return mesh.view().peers() >= neighbours;
    }

    @Override
    public void publish(byte[] payload) {
        mesh.publish(new Publication(
                TOPIC, Bytes.wrap(payload), BYTES, List.of(), dev.wsmesh.node.PublishOptions.DEFAULT));
    }

    @Override
    public long told() {
        return told.get();
    }

    /** Before it tells of a gap, each node waits for a grace of 5 s; behind one that waits itself, that much longer. As the command bench. */
    @Override
    public int patience() {
        return 30;
    }
}
