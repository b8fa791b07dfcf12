package dev.wsmesh.bench;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.topic.ITopic;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** One ITopic; every node is a member. */
public final class HazelcastMesh implements MeshSystem {

    private Setup setup;
    private HazelcastInstance hazelcast;
    private ITopic<byte[]> topic;

    @Override
    public void start(Setup setup, Consumer<ByteBuffer> onMessage) {
        this.setup = setup;
        Config config = new Config().setClusterName("mesh").setProperty("hazelcast.phone.home.enabled", "false");
        NetworkConfig network = config.getNetworkConfig().setPort(setup.port()).setPortAutoIncrement(false);
        network.getInterfaces().setEnabled(true).addInterface(Setup.HOST);
        JoinConfig join = network.getJoin();
        join.getMulticastConfig().setEnabled(false);
        join.getAutoDetectionConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(true);
        for (int port : setup.ports()) {
            join.getTcpIpConfig().addMember(Setup.HOST + ":" + port);
        }
        hazelcast = Hazelcast.newHazelcastInstance(config);
        topic = hazelcast.getTopic("mesh");
        topic.addMessageListener(message -> onMessage.accept(ByteBuffer.wrap(message.getMessageObject())));
    }

    @Override
    public boolean converged() {
        return hazelcast.getCluster().getMembers().size() == setup.nodes();
    }

    @Override
    public void publish(byte[] payload) {
        topic.publish(payload);
    }
}
