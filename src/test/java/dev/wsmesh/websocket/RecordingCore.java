package dev.wsmesh.websocket;

import static dev.wsmesh.TestNode.PATIENCE;

import dev.wsmesh.node.Core;
import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.View;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A core that keeps what it is told, and says nothing. */
final class RecordingCore implements Core {
    private final ConcurrentLinkedQueue<Input> told = new ConcurrentLinkedQueue<>();
    private final BlockingQueue<Input> untaken = new LinkedBlockingQueue<>();

    @Override
    public void give(Input input) {
        told.add(input);
        untaken.add(input);
    }

    @Override
    public List<View.BootstrapView> bootstrap() {
        return List.of();
    }

    @Override
    public Optional<Address> addressOf(LinkId link) {
        return Optional.of(new Address("ws://127.0.0.1:" + link.generation()));
    }

    @Override
    public Optional<Duration> silence(NodeId origin) {
        return Optional.empty();
    }

    /** The next that nobody has taken, waited for. */
    Input take() throws InterruptedException {
        return Objects.requireNonNull(
                untaken.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS), "the core was told nothing");
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
