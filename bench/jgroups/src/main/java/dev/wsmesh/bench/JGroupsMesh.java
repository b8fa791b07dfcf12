package dev.wsmesh.bench;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jgroups.BytesMessage;
import org.jgroups.JChannel;
import org.jgroups.Message;
import org.jgroups.Receiver;

/** The stack of the shipped tcp.xml. */
public final class JGroupsMesh implements MeshSystem {

    private Setup setup;
    private JChannel channel;

    @Override
    public void start(Setup setup, Consumer<ByteBuffer> onMessage) throws Exception {
        this.setup = setup;
        System.setProperty("java.net.preferIPv4Stack", "true");
        System.setProperty("jgroups.bind_addr", Setup.HOST);
        System.setProperty("jgroups.tcp.port_range", "0");
        System.setProperty("jgroups.tcpping.initial_hosts",
                Arrays.stream(setup.ports()).mapToObj(port -> Setup.HOST + "[" + port + "]").collect(Collectors.joining(",")));
        channel = new JChannel("tcp.xml").setReceiver(new Receiver() {
            @Override
            public void receive(Message message) {
                onMessage.accept(ByteBuffer.wrap(message.getArray(), message.getOffset(), message.getLength()));
            }
        });
        channel.getProtocolStack().getTransport().setBindPort(setup.port());
        channel.connect("mesh");
    }

    @Override
    public boolean converged() {
        return channel.getView().size() == setup.nodes();
    }

    @Override
    public void publish(byte[] payload) throws Exception {
        channel.send(new BytesMessage(null, payload).setFlag(Message.TransientFlag.DONT_LOOPBACK));
    }
}
