package dev.wsmesh.container;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.Ports;
import dev.wsmesh.TestJvm;
import dev.wsmesh.identity.ClusterKey;
import dev.wsmesh.ops.MeshEndpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.ImageFromDockerfile;
import tools.jackson.databind.json.JsonMapper;

/** A container of the real image. It has started once the node says that it is ready. */
final class NodeContainer extends GenericContainer<NodeContainer> {

    /** How long anything may take on a busy machine; what is waited for usually takes a few seconds. */
    static final Duration PATIENCE = Duration.ofSeconds(90);

    /** What a node may take to leave; Docker kills it when the time is over. */
    static final Duration GRACE = Duration.ofSeconds(5);

    private static final int PORT = 8080;
    private static final String CLUSTER_KEY = ClusterKey.generate();

    /** Built once and kept under its name, so that the next run finds its layers. */
    private static final ImageFromDockerfile image = new ImageFromDockerfile("wsmesh-test", false)
            .withDockerfile(Path.of("Dockerfile").toAbsolutePath());

    private static final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private static final JsonMapper json = JsonMapper.shared();

    private @Nullable Member member;

    NodeContainer(String... arguments) {
        super(image);
        withCommand(arguments);
        withEnv("MESH_KEY", CLUSTER_KEY);
        withExposedPorts(PORT);
        // The image's own options stay; where both name one, the command line wins.
        withEnv("JAVA_TOOL_OPTIONS", TestJvm.BESIDE_THE_IMAGES);
        waitingFor(Wait.forHttp("/actuator/health/readiness").forPort(PORT).withStartupTimeout(PATIENCE));
    }

    /** The name of the image, which is built if it has not been. */
    static String imageName() {
        return image.get();
    }

    /**
     * Makes the node reach others, and be reached as {@code name.cluster}, on this network, from the beginning on. That is
     * not its host name, which Docker resolves on every network of the container.
     */
    NodeContainer joining(Network cluster, String name) {
        withCreateContainerCmdModifier(command -> command.withHostName(name));
        member = new Member(cluster.getId(), name + ".cluster");
        return this;
    }

    /** Cuts the node off from the others. */
    void leaveCluster() {
        getDockerClient()
                .disconnectFromNetworkCmd()
                .withNetworkId(member().networkId())
                .withContainerId(getContainerId())
                .exec();
    }

    /** Undoes {@link #leaveCluster}. */
    void rejoinCluster() {
        connect(getContainerId(), member());
    }

    /** Makes it count as started when the image's own health check says so, which asks every five seconds. */
    NodeContainer checkedByTheImage() {
        return waitingFor(Wait.forHealthcheck().withStartupTimeout(PATIENCE));
    }

    /** What the node says of itself and its peers. */
    MeshEndpoint.Description mesh() {
        return json.readValue(get("/actuator/mesh"), MeshEndpoint.Description.class);
    }

    /** Ends the process at once, as a power failure would. */
    void crash() {
        getDockerClient().killContainerCmd(getContainerId()).exec();
    }

    /** Stops the process as {@code docker stop} does and returns its exit code. */
    long stopGracefully() {
        getDockerClient()
                .stopContainerCmd(getContainerId())
                .withTimeout(Math.toIntExact(GRACE.toSeconds()))
                .exec();
        return Objects.requireNonNull(
                getCurrentContainerInfo().getState().getExitCodeLong(), "a stopped container has an exit code");
    }

    /** Starts the process again, after a crash or a stop. */
    void startAgain() {
        getDockerClient().startContainerCmd(getContainerId()).exec();
    }

    /** Here, because the node dials as soon as it runs. */
    @Override
    protected void containerIsCreated(String containerId) {
        if (member != null) {
            connect(containerId, member);
        }
    }

    private void connect(String containerId, Member to) {
        getDockerClient()
                .connectToNetworkCmd()
                .withNetworkId(to.networkId())
                .withContainerId(containerId)
                .withContainerNetwork(new ContainerNetwork().withAliases(to.name()))
                .exec();
    }

    private Member member() {
        return Objects.requireNonNull(member, "the node has joined no network");
    }

    private String get(String path) {
        try {
            URI uri = URI.create("http://" + getHost() + ":" + publishedPort() + path);
            HttpRequest request =
                    HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(5)).build();
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IOException(path + " answered " + response.statusCode());
            }
            return response.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Asked each time, for a container that was started again has another one, and a stopped one has none. */
    private String publishedPort() throws IOException {
        InspectContainerResponse info = getCurrentContainerInfo();
        Ports.Binding @Nullable [] bindings =
                info.getNetworkSettings().getPorts().getBindings().get(ExposedPort.tcp(PORT));
        if (bindings == null) {
            throw new IOException("the container has no published port");
        }
        return bindings[0].getHostPortSpec();
    }

    /** The network on which a node meets others, and its name there. */
    private record Member(String networkId, String name) {}
}
