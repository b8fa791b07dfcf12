package dev.wsmesh.bench;

import io.scalecube.cluster.Cluster;
import io.scalecube.cluster.ClusterConfig;
import io.scalecube.cluster.ClusterImpl;
import io.scalecube.cluster.ClusterMessageHandler;
import io.scalecube.cluster.Member;
import io.scalecube.cluster.transport.api.Message;
import io.scalecube.cluster.transport.api.TransportFactory;
import io.scalecube.transport.netty.tcp.TcpTransportFactory;
import io.scalecube.transport.netty.websocket.WebsocketTransportFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Gossip, or with option send=direct a message to every member; over TCP or WebSocket. */
public final class ScalecubeMesh implements MeshSystem {

    private Setup setup;
    private boolean direct;
    private Cluster cluster;
    private Window window;

    @Override
    public void start(Setup setup, Consumer<ByteBuffer> onMessage) {
        this.setup = setup;
        direct = setup.option("send", "gossip").equals("direct");
        // a gossip is done only after some gossip intervals, so many have to be under way
        window = new Window(setup.option("window", direct ? 2_000 : 500));
        Supplier<TransportFactory> transport = setup.option("transport", "tcp").equals("websocket")
                ? WebsocketTransportFactory::new : TcpTransportFactory::new;
        String[] seeds = Arrays.stream(setup.ports()).limit(setup.index()).mapToObj(port -> Setup.HOST + ":" + port).toArray(String[]::new);
        cluster = new ClusterImpl(ClusterConfig.defaultLocalConfig())
                // the threads are so busy under load that the defaults take members for dead
                .config(config -> config.externalHost(Setup.HOST).externalPort(setup.port()).metadataTimeout(30_000))
                .failureDetector(config -> config.pingInterval(10_000).pingTimeout(9_000))
                .transport(config -> config.port(setup.port()))
                .transportFactory(transport)
                .membership(config -> config.seedMembers(seeds).namespace("mesh"))
                .handler(_ -> new ClusterMessageHandler() {
                    @Override
                    public void onMessage(Message message) {
                        onMessage.accept(ByteBuffer.wrap(message.<byte[]>data()));
                    }

                    @Override
                    public void onGossip(Message message) {
                        onMessage(message);
                    }
                }).startAwait();
    }

    @Override
    public boolean converged() {
        return cluster.otherMembers().size() == setup.nodes() - 1;
    }

    @Override
    public void publish(byte[] payload) throws InterruptedException {
        Message message = Message.withData(payload).qualifier("mesh").build();
        if (direct) {
            for (Member member : cluster.otherMembers()) {
                window.enter();
                cluster.transport().send(member.address(), message).doFinally(_ -> window.leave()).subscribe();
            }
        } else {
            window.enter();
            cluster.spreadGossip(message).doFinally(_ -> window.leave()).subscribe();
        }
    }

    @Override
    public void flush() throws InterruptedException {
        window.drain();
    }
}
