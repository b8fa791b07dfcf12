package dev.wsmesh.websocket;

import dev.wsmesh.node.Core;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.View;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A core that keeps what it is told, and says nothing. */
final class RecordingCore implements Core {
    private final ConcurrentLinkedQueue<Input> told = new ConcurrentLinkedQueue<>();

    @Override
    public void give(Input input) {
        told.add(input);
    }

    @Override
    public List<View.BootstrapView> bootstrap() {
        return List.of();
    }

    @Override
    public Optional<Duration> silence(NodeId origin) {
        return Optional.empty();
    }

    List<Input> told() {
        return List.copyOf(told);
    }

    /** Who was said to be linked. */
    List<NodeId> links() {
        return told.stream()
                .filter(Input.LinkUp.class::isInstance)
                .map(Input.LinkUp.class::cast)
                .map(up -> up.link().peer())
                .toList();
    }
}
