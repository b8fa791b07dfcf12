package dev.wsmesh.websocket;

import dev.wsmesh.node.Background;
import dev.wsmesh.node.Core;
import dev.wsmesh.node.Direction;
import dev.wsmesh.node.Inbound;
import dev.wsmesh.node.LogText;
import dev.wsmesh.node.MeshCounters.DialFailure;
import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.Intent;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.http.HttpStatus;
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
    private final Set<Thread> underWay = ConcurrentHashMap.newKeySet();

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

    /** For the run that is on; what comes of it later is none of the next run's business. */
    void dial(Address address, Intent intent) {
        Core run = links.run();
        if (run == null) {
            return;
        }
        // Known before it begins, so that it cannot end before that.
        Thread dial = Background.unstarted("mesh-dial-for-" + address, () -> {
            try {
                dialNow(run, address, intent);
            } finally {
                underWay.remove(Thread.currentThread());
            }
        });
        underWay.add(dial);
        dial.start();
    }

    /** Gives up the dials that are under way: the node leaves. */
    void stop() {
        underWay.forEach(Thread::interrupt);
    }

    private void dialNow(Core run, Address address, Intent intent) {
        boolean isConfigured = configured.target(address) != null;
        try {
            SocketPeer peer = dialler.dial(
                    choice(address),
                    List.of(Subprotocol.NAME),
                    session -> admit(session, run, address, intent, isConfigured));
            switch (peer) {
                case LinkSession link -> links.begin(link);
                case PeerSession plain -> {
                    configured.foundPlain(address, plain, plainRule.backoff());
                    fail(run, address, CloseCode.NORMAL);
                }
                default -> throw new IllegalStateException("neither a link nor a plain peer");
            }
        } catch (DialException e) {
            String why = String.valueOf(e.getMessage());
            HttpStatus answer = e.answer();
            if (answer != null) {
                links.refusalLog().upgradeByPeer(address, answer, why);
            }
            RefusalLog.News news = e.reason() == DialFailure.NOT_ALLOWED
                    ? configured.forbidden(address, why)
                    : configured.failed(address, why);
            log.atLevel(news == RefusalLog.News.FRESH ? Level.WARN : Level.DEBUG)
                    .log(
                            "dialling {} failed: {}; it is dialled again until it answers",
                            LogText.printable(address.toString()),
                            why);
            fail(run, address, codeOf(e.reason()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(run, address, CloseCode.ABNORMAL);
        } catch (Throwable e) {
            // A mistake of ours, or no memory, must not leave the core waiting for ever.
            log.error("dialling {} failed unexpectedly", address, e);
            RefusalLog.News _ = configured.failed(address, e.toString());
            fail(run, address, CloseCode.ABNORMAL);
        }
    }

    /** What is to be dialled at an address, configured or named by others. */
    PeerDialler.Choice choice(Address address) {
        @Nullable PeerTarget known = configured.target(address);
        return () -> known == null ? policy.target(address) : configured(address, known);
    }

    /** What stood in the configuration is dialled wherever it leads; what an operator added at run time, as far as the policy allows. */
    private PeerTarget configured(Address address, PeerTarget known) throws DialException {
        return configured.isAdded(address) ? policy.judged(known) : policy.configured(known);
    }

    /** Soon again, or after long: nothing but a change to a configuration helps. */
    private static CloseCode codeOf(DialFailure reason) {
        return reason == DialFailure.SUBPROTOCOL || reason == DialFailure.NOT_ALLOWED
                ? CloseCode.PROTOCOL_VERSION
                : CloseCode.ABNORMAL;
    }

    private static void fail(Core run, Address address, CloseCode code) {
        run.give(new Input.DialFailed(address, code));
    }

    private @Nullable SocketPeer admit(
            WebSocketSession session, Core run, Address address, Intent intent, boolean isConfigured)
            throws DialException {
        if (!links.isRunning(run)) {
            LinkRegistry.closeQuietly(session, CloseStatus.GOING_AWAY);
            return null;
        }
        if (Subprotocol.isSpokenOn(session)) {
            return links.dialled(session, run, address, intent);
        }
        if (isConfigured && plainRule.allowed()) {
            return plainPeers.admit(session, address.toString(), Direction.DIALLED, inbound);
        }
        LinkRegistry.closeQuietly(session, CloseStatus.PROTOCOL_ERROR);
        throw DialException.unwanted("it does not speak wsmesh.v1; where a cluster key is set, a plain peer has to be"
                + " configured as one (mesh.peers[n].plain: true)");
    }
}
