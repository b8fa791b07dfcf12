package dev.wsmesh.websocket;

import dev.wsmesh.node.Background;
import dev.wsmesh.node.Direction;
import dev.wsmesh.node.Inbound;
import dev.wsmesh.node.LogText;
import dev.wsmesh.node.MeshCounters.DialFailure;
import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.Intent;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;

/** Dials for the core, each time on a virtual thread. What comes of it is told to the core by the session, or here. */
final class LinkDialler {

    private static final Logger log = LoggerFactory.getLogger(LinkDialler.class);

    private final PeerDialler dialler;
    private final LinkRegistry links;
    private final PeerRegistry plainPeers;
    private final MeshPeers configured;
    private final Inbound inbound;
    private final PlainRule plainRule;
    private final DialPolicy policy;

    /**
     * What is done with a configured peer that does not speak {@code wsmesh.v1}.
     *
     * @param allowed whether it may be a plain peer
     * @param backoff makes the pauses between its sessions
     */
    record PlainRule(boolean allowed, Supplier<Backoff> backoff) {}

    LinkDialler(
            PeerDialler dialler,
            LinkRegistry links,
            PeerRegistry plainPeers,
            MeshPeers configured,
            Inbound inbound,
            PlainRule plainRule,
            DialPolicy policy) {
        this.dialler = dialler;
        this.links = links;
        this.plainPeers = plainPeers;
        this.configured = configured;
        this.inbound = inbound;
        this.plainRule = plainRule;
        this.policy = policy;
    }

    void dial(Address address, Intent intent) {
        Thread _ = Background.start("mesh-dial-for-" + address, () -> dialNow(address, intent));
    }

    private void dialNow(Address address, Intent intent) {
        @Nullable PeerTarget known = configured.target(address);
        try {
            PeerTarget target = known == null ? policy.target(address) : configured(address, known);
            SocketPeer peer = dialler.dial(
                    target, List.of(Subprotocol.NAME), session -> admit(session, address, intent, known != null));
            switch (peer) {
                case LinkSession link -> links.begin(link);
                case PeerSession plain -> {
                    configured.foundPlain(address, plain, plainRule.backoff());
                    fail(address, CloseCode.NORMAL);
                }
                default -> throw new IllegalStateException("neither a link nor a plain peer");
            }
        } catch (DialException e) {
            String why = String.valueOf(e.getMessage());
            Level level = configured.failed(address, why) ? Level.WARN : Level.DEBUG;
            log.atLevel(level)
                    .log(
                            "dialling {} failed: {}; it is dialled again until it answers",
                            LogText.printable(address.toString()),
                            why);
            fail(address, e.reason() == DialFailure.SUBPROTOCOL ? CloseCode.PROTOCOL_VERSION : CloseCode.ABNORMAL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(address, CloseCode.ABNORMAL);
        } catch (RuntimeException e) {
            // A mistake of ours must not leave the core waiting for ever.
            log.error("dialling {} failed unexpectedly", address, e);
            fail(address, CloseCode.ABNORMAL);
        }
    }

    /** What stood in the configuration is dialled as it stands; what an operator added at run time, as far as the policy allows. */
    private PeerTarget configured(Address address, PeerTarget known) throws DialException {
        return configured.isAdded(address) ? policy.judged(known) : known;
    }

    private void fail(Address address, CloseCode code) {
        links.tell(new Input.DialFailed(address, code));
    }

    private @Nullable SocketPeer admit(WebSocketSession session, Address address, Intent intent, boolean isConfigured)
            throws DialException {
        if (Subprotocol.isSpokenOn(session)) {
            return links.dialled(session, address, intent);
        }
        if (isConfigured && plainRule.allowed()) {
            return plainPeers.admit(session, address.toString(), Direction.DIALLED, inbound);
        }
        LinkRegistry.closeQuietly(session, CloseStatus.PROTOCOL_ERROR);
        throw DialException.unwanted("it does not speak wsmesh.v1; where a cluster key is set, a plain peer has to be"
                + " configured as one (mesh.peers[n].plain: true)");
    }
}
