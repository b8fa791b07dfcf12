package dev.wsmesh;

import static org.awaitility.Awaitility.await;

import dev.wsmesh.node.Mesh;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.Message;
import dev.wsmesh.node.SessionView;
import dev.wsmesh.node.SubscribeOptions;
import dev.wsmesh.node.Subscription;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.View;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.springframework.context.ConfigurableApplicationContext;

/** A node in this process, on a port of its own choice, with a record of everything it received. */
public final class TestNode implements AutoCloseable {

    /** How long anything may take on a busy machine; what is waited for usually takes milliseconds. */
    public static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final HttpClient http = HttpClient.newHttpClient();

    private final ConfigurableApplicationContext context;
    private final Queue<Message> received = new ConcurrentLinkedQueue<>();

    private TestNode(ConfigurableApplicationContext context) {
        this.context = context;
        Subscription _ =
                mesh().subscribe(SubscribeOptions.to(">").replaying(SubscribeOptions.EVERYTHING), received::add);
    }

    /** Stands for peers, separated by commas, that are dialled without offering our subprotocol. */
    private static final String PLAIN_PEERS = "--plain-peers=";

    /** Starts a node that broadcasts nothing by itself and redials quickly; properties win over that. */
    public static TestNode start(String... properties) {
        return startAt(0, properties);
    }

    public static TestNode startAt(int port, String... properties) {
        List<String> arguments = new ArrayList<>(List.of(
                "--mesh.bind=localhost:" + port,
                "--mesh.broadcast.enabled=false",
                "--mesh.presence.enabled=false",
                "--mesh.dial.backoff-min=20ms",
                "--mesh.dial.backoff-max=100ms"));
        for (String property : properties) {
            if (property.startsWith(PLAIN_PEERS)) {
                arguments.addAll(plainPeers(property.substring(PLAIN_PEERS.length())));
                continue;
            }
            String name = property.substring(0, property.indexOf('=') + 1);
            arguments.removeIf(argument -> argument.startsWith(name));
            arguments.add(property);
        }
        try {
            return new TestNode(new StandaloneNode().run(arguments));
        } catch (dev.wsmesh.cli.NodeStarter.StartFailure e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> plainPeers(String urls) {
        List<String> arguments = new ArrayList<>();
        for (String url : urls.split(",", -1)) {
            int index = arguments.size() / 2;
            arguments.add("--mesh.peers[" + index + "].url=" + url);
            arguments.add("--mesh.peers[" + index + "].plain=true");
        }
        return arguments;
    }

    public Mesh mesh() {
        return context.getBean(Mesh.class);
    }

    /** A part of the node. */
    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    public MeshCounters counters() {
        return context.getBean(MeshCounters.class);
    }

    public int port() {
        return Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
    }

    public String bind() {
        return "localhost:" + port();
    }

    public String url() {
        return "ws://" + bind();
    }

    /** The texts of plain peers received so far, in the order of arrival. */
    public List<String> texts() {
        return texts(Mesh.PLAIN_TOPIC);
    }

    /** The texts received so far on a topic, in the order of arrival. */
    public List<String> texts(String topic) {
        return received.stream()
                .filter(message -> message.topic().name().equals(topic))
                .map(Message::text)
                .toList();
    }

    public List<Message> messages() {
        return List.copyOf(received);
    }

    public List<SessionView> sessions() {
        return mesh().view().sessions();
    }

    /** Waits until exactly this many sessions are up. */
    public TestNode awaitSessions(int count) {
        await().atMost(PATIENCE).until(() -> sessions().size() == count);
        return this;
    }

    /** Waits until exactly this many nodes are neighbours. */
    public TestNode awaitNeighbours(int count) {
        await().atMost(PATIENCE).until(() -> neighbours().size() == count);
        return this;
    }

    /** The nodes that this one is linked with. */
    public Set<NodeId> neighbours() {
        return core().links().stream()
                .filter(View.LinkView::neighbour)
                .map(link -> link.id().peer())
                .collect(Collectors.toSet());
    }

    public NodeId id() {
        return core().own().origin();
    }

    public View core() {
        return Objects.requireNonNull(mesh().view().core());
    }

    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://" + bind() + path)).build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    public ConfigurableApplicationContext context() {
        return context;
    }

    @Override
    public void close() {
        context.close();
    }
}
