package dev.wsmesh.websocket;

import dev.wsmesh.node.Background;
import dev.wsmesh.node.ConfiguredPeerView;
import dev.wsmesh.node.Core;
import dev.wsmesh.node.Direction;
import dev.wsmesh.node.Inbound;
import dev.wsmesh.node.LinkTransport;
import dev.wsmesh.node.LinkView;
import dev.wsmesh.node.PeerChanges;
import dev.wsmesh.node.PeerStatus;
import dev.wsmesh.node.RefusalView;
import dev.wsmesh.node.SessionView;
import dev.wsmesh.node.Sleeper;
import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Intent;
import dev.wsmesh.protocol.LinkId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The peers of a node as a whole: nodes, over links, and plain peers. Begins with dialling, ends with leaving. */
public final class PeerNetwork implements PeerStatus, PeerChanges, LinkTransport {

    private static final Logger log = LoggerFactory.getLogger(PeerNetwork.class);

    /** After this, plus the time for flushing, leaving has failed. Enough for {@link SessionTuning#CLOSE_SEND_TIMEOUT}. */
    private static final Duration CLOSE_WAIT = Duration.ofMillis(1_500);

    /** Each is dialled for ever, by a thread or two of its own. A guess at what nobody needs more of. */
    private static final int MAX_PEERS = 256;

    /** How often stuck sessions are looked for. */
    private static final Duration SWEEP = Duration.ofSeconds(1);

    private final DialPolicy policy;
    private final LinkRegistry links;
    private final PeerRegistry plainPeers;
    private final MeshPeers meshPeers;
    private final List<BootstrapPeer> bootstrapPeers;
    private final LinkDialler linkDialler;
    private final SecondSockets secondSockets;
    private @Nullable Thread sweeper;

    /**
     * What the network is made of.
     *
     * @param inbound takes what plain peers send
     */
    public record Parts(
            LinkRegistry links,
            PeerRegistry plainPeers,
            PeerDialler dialler,
            Locator locator,
            DialPolicy policy,
            Inbound inbound,
            InstantSource clock,
            RandomGenerator random) {}

    /**
     * How configured peers are dialled.
     *
     * @param targets the configured peers
     * @param plainAllowed whether one that does not speak {@code wsmesh.v1} may be a plain peer
     * @param backoff bounds the pauses between two sessions with a plain peer
     * @param discovery how often names are resolved again
     */
    public record Dialling(
            List<PeerTarget> targets, boolean plainAllowed, BackoffSettings backoff, Duration discovery) {

        /** Copies the targets. */
        public Dialling {
            targets = List.copyOf(targets);
        }
    }

    /** Creates a network that has not started. */
    public PeerNetwork(Parts parts, Dialling dialling) {
        this.policy = parts.policy();
        this.links = parts.links();
        this.plainPeers = parts.plainPeers();
        this.meshPeers = new MeshPeers(
                dialling.targets().stream().filter(each -> !each.plain()).toList(),
                parts.locator(),
                dialling.discovery(),
                parts.clock());
        this.bootstrapPeers = new CopyOnWriteArrayList<>(dialling.targets().stream()
                .filter(PeerTarget::plain)
                .map(target -> new BootstrapPeer(
                        target,
                        each -> dialPlain(parts, each),
                        new Backoff(dialling.backoff(), parts.random()),
                        parts.clock()))
                .toList());
        links.tell(meshPeers);
        this.linkDialler = new LinkDialler(
                parts.dialler(),
                links,
                plainPeers,
                meshPeers,
                parts.inbound(),
                new LinkDialler.PlainRule(
                        dialling.plainAllowed(), () -> new Backoff(dialling.backoff(), parts.random())),
                parts.policy());
        this.secondSockets = new SecondSockets(parts.dialler(), links, linkDialler::choice, System::nanoTime);
    }

    private void sweepForEver() {
        try {
            while (true) {
                Thread.sleep(SWEEP);
                Background.attempt(links::endStuck);
                plainPeers.snapshot().forEach(each -> Background.attempt(each::endIfStuck));
                Background.attempt(secondSockets::look);
            }
        } catch (InterruptedException e) {
            log.debug("stuck sessions are not looked for any more");
        }
    }

    /** Admits peers and dials the configured ones; the core hears of what happens on links. */
    public void start(Core core) {
        links.open(core);
        plainPeers.open();
        meshPeers.start(core);
        bootstrapPeers.forEach(BootstrapPeer::start);
        sweeper = Background.start("mesh-sweeper", this::sweepForEver);
    }

    /** No new sessions, no dials. Links stay; plain peers are written what is queued for them, and then closed with 1001. */
    public void close() {
        links.close();
        plainPeers.close();
        meshPeers.stop();
        linkDialler.stop();
        secondSockets.stop();
        bootstrapPeers.forEach(BootstrapPeer::stop);
        if (sweeper != null) {
            sweeper.interrupt();
        }
        plainPeers.snapshot().forEach(PeerSession::leave);
    }

    /**
     * Waits for the end of all sessions, which the core and {@link #close()} have begun, and cuts those that are stuck.
     *
     * @return whether every session had ended when this returns, at the latest 1.5 s after the flush timeout
     */
    public boolean leave(Duration flushTimeout) throws InterruptedException {
        long deadline = System.nanoTime() + flushTimeout.toNanos();
        if (plainPeers.awaitEmpty(flushTimeout) && links.awaitEmpty(left(deadline))) {
            return true;
        }
        List<PeerSession> stuck = plainPeers.snapshot();
        log.warn(
                "{} peers did not take what was queued for them within {} ms",
                stuck.size() + links.size(),
                flushTimeout.toMillis());
        stuck.forEach(session -> session.close(PlainStatus.GOING_AWAY));
        links.cut();
        long last = System.nanoTime() + CLOSE_WAIT.toNanos();
        return plainPeers.awaitEmpty(CLOSE_WAIT) && links.awaitEmpty(left(last));
    }

    @Override
    public synchronized boolean add(String text) {
        PeerUrl url = PeerUrl.parse(text);
        if (bootstrapPeers.stream().anyMatch(each -> each.url().equals(url))) {
            return false;
        }
        String complaint = policy.complaint(url);
        if (complaint != null) {
            throw new IllegalArgumentException(complaint);
        }
        if (meshPeers.size() + bootstrapPeers.size() >= MAX_PEERS) {
            throw new IllegalArgumentException("'" + url + "' is one peer too many: at most " + MAX_PEERS
                    + " are dialled; remove one first, or give a few of a mesh only: they know the others");
        }
        boolean added = meshPeers.add(url);
        if (added) {
            log.info("{} is dialled from now on", url);
        }
        return added;
    }

    @Override
    public synchronized void remove(String text) {
        PeerUrl url = PeerUrl.parse(text);
        List<BootstrapPeer> plain =
                bootstrapPeers.stream().filter(each -> each.url().equals(url)).toList();
        plain.forEach(BootstrapPeer::stop);
        boolean wasPlain = bootstrapPeers.removeAll(plain);
        if (!meshPeers.remove(url) && !wasPlain) {
            throw new IllegalArgumentException("'" + url + "' is none of the peers that this node dials;"
                    + " give one of them as it was configured or added");
        }
        log.info("{} is not dialled any more", url);
    }

    @Override
    public void dial(Address address, Intent intent) {
        linkDialler.dial(address, intent);
    }

    @Override
    public @Nullable Sleeper send(LinkId link, Frame frame) {
        return links.send(link, frame);
    }

    @Override
    public void becomeNeighbour(LinkId link) {
        links.becomeNeighbour(link);
    }

    @Override
    public void close(LinkId link, CloseCode code) {
        links.close(link, code);
    }

    @Override
    public List<LinkView> links() {
        return links.views();
    }

    @Override
    public List<RefusalView> refusals() {
        return links.refusalLog().views();
    }

    @Override
    public List<SessionView> sessions() {
        return plainPeers.views();
    }

    @Override
    public List<ConfiguredPeerView> configuredPeers() {
        return Stream.concat(meshPeers.views().stream(), bootstrapPeers.stream().map(BootstrapPeer::view))
                .toList();
    }

    private static PeerSession dialPlain(Parts parts, PeerTarget target) throws DialException, InterruptedException {
        return parts.dialler()
                .dial(
                        () -> parts.policy().configured(target),
                        List.of(),
                        session -> parts.plainPeers()
                                .admit(session, target.url().toString(), Direction.DIALLED, parts.inbound()));
    }

    private static Duration left(long deadlineNanos) {
        return Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime()));
    }
}
