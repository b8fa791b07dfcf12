package dev.wsmesh.websocket;

import dev.wsmesh.identity.Handshake;
import dev.wsmesh.identity.LocalNode;
import dev.wsmesh.node.Background;
import dev.wsmesh.node.Core;
import dev.wsmesh.node.LinkView;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.Sleeper;
import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.Intent;
import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.protocol.Message;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.wire.HandshakeCodec;
import dev.wsmesh.wire.WireException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;

/**
 * The sessions that speak {@code wsmesh.v1}: those in the middle of their handshake, and the links. Tells the core of what
 * happens on them. Thread-safe.
 *
 * <p>States: {@code closed -> open -> closed}, by {@link #open} and {@link #close}; only an open registry begins handshakes.
 * Handshakes of strangers are bounded here; links are bounded by the core, which closes those that it has no room for.
 */
public final class LinkRegistry {

    private static final Logger log = LoggerFactory.getLogger(LinkRegistry.class);

    private final Local local;
    private final LinkLimits limits;
    private final MeshCounters counters;
    private final InstantSource clock;
    private final Supplier<String> bind;
    private final HandshakeCodec codec;
    private final IncomingBudget incomingBudget;
    private final SecureRandom random = new SecureRandom();
    private final AtomicLong generations = new AtomicLong();
    private final UpLinks links = new UpLinks();
    private final Reception reception;
    private final RefusalLog refusals;
    private final LinkNews news = new LinkNews();
    private volatile @Nullable Core core;
    private volatile boolean open;

    /** A node on another machine has been linked; it may have named whatever it likes. */
    private volatile boolean reachingOut;

    /** What this node brings into a handshake. */
    @FunctionalInterface
    public interface Local {

        /** At this moment, with a peer there. */
        LocalNode seenFrom(@Nullable InetSocketAddress remote);
    }

    /**
     * Creates a closed registry.
     *
     * @param local what this node brings into a handshake
     * @param bind tells the address the node shows to others
     */
    public LinkRegistry(
            Local local, LinkLimits limits, MeshCounters counters, InstantSource clock, Supplier<String> bind) {
        this.local = local;
        this.limits = limits;
        this.counters = counters;
        this.clock = clock;
        this.bind = bind;
        this.codec = new HandshakeCodec(limits.wire());
        this.reception = new Reception(limits, links::accepted);
        this.refusals = new RefusalLog(counters, clock, bind);
        this.incomingBudget = new IncomingBudget(limits.incomingBytes());
    }

    /** Who is told why the handshake of a dial failed or a link ended. To be set before the registry opens. */
    void tell(RefusalLog.Configured peers) {
        refusals.tell(peers);
    }

    /** From now on handshakes begin, and the core of this run hears of what comes of them. */
    void open(Core ofThisRun) {
        core = ofThisRun;
        open = true;
    }

    /** From now on no handshake begins, and those that have are ended; links that are up stay. */
    void close() {
        open = false;
        reception.forEachHandshake(LinkSession::leave);
    }

    /** The run that sessions and dials begun now belong to; null before the first. */
    @Nullable
    Core run() {
        return core;
    }

    /** Whether no more links are accepted from this host. */
    boolean isFull(String host) {
        return reception.isFull(host);
    }

    static boolean isAccepted(LinkSession session) {
        return session.dialled() == null;
    }

    /** Begins the handshake of a session that a peer dialled; null if it was refused, and then it is being closed. */
    @Nullable
    LinkSession accepted(WebSocketSession session, String address) {
        Core run = core;
        if (!open || run == null) {
            closeQuietly(session, CloseStatus.GOING_AWAY);
            return null;
        }
        Handshake handshake = Handshake.accept(local.seenFrom(session.getRemoteAddress()), random, codec::encode);
        LinkSession link = new LinkSession(session, handshake, this, run, limits, null, address, null);
        if (!reception.letIn(link)) {
            return null;
        }
        beginUnlessClosed(link);
        return link;
    }

    /**
     * A session that this node dialled, which has yet to {@link #begin}; null if the node leaves, or has left and begun again since:
     * it is being closed.
     *
     * @param run in which the dial began
     */
    @Nullable
    LinkSession dialled(WebSocketSession session, Core run, Address address, Intent intent) {
        if (!isRunning(run)) {
            closeQuietly(session, CloseStatus.GOING_AWAY);
            return null;
        }
        // Where the dialled peer sees this node is not known from where it was dialled.
        Handshake handshake = Handshake.dial(local.seenFrom(null), intent, random, codec::encode);
        return new LinkSession(session, handshake, this, run, limits, address, address.toString(), null);
    }

    /** The same of one that is to be the second socket of a link that a peer dialled. */
    @Nullable
    LinkSession dialledBack(WebSocketSession session, Core run, Address address, LinkSession first) {
        EstablishedLink up = first.established();
        if (!isRunning(run) || up == null) {
            closeQuietly(session, CloseStatus.GOING_AWAY);
            return null;
        }
        Handshake handshake = Handshake.join(local.seenFrom(null), up.transcript(), random, codec::encode);
        return new LinkSession(session, handshake, this, run, limits, address, address.toString(), first);
    }

    /** Whether this run takes new sessions. */
    boolean isRunning(Core run) {
        return open && run.equals(core);
    }

    /** Begins the handshake of a session that this node dialled. */
    void begin(LinkSession link) {
        reception.add(link);
        beginUnlessClosed(link);
    }

    private void beginUnlessClosed(LinkSession link) {
        link.begin();
        if (!open) {
            link.leave();
        }
    }

    /** Hands a frame to the link's writer, and returns it for the caller to wake; one whose link is gone is dropped with it. */
    @Nullable
    Sleeper send(LinkId id, Frame frame) {
        LinkSession link = links.get(id);
        return link == null ? null : link.send(frame);
    }

    /** The core has made a neighbour of the node at the other end. */
    void becomeNeighbour(LinkId id) {
        LinkSession link = links.get(id);
        if (link != null) {
            link.becomeNeighbour();
        }
    }

    /** Tells the log that the link is a neighbour's, unless it knows the peer as one. */
    void tellNeighbour(LinkSession link) {
        LinkId id = Objects.requireNonNull(link.id());
        news.neighbour(
                id,
                each -> links.get(each) != null,
                () -> log.info("{}: linked with {} ({})", bind.get(), id.peer(), link.address()));
    }

    void close(LinkId id, CloseCode code) {
        LinkSession link = links.get(id);
        if (link != null) {
            link.close(code, CloseWords.of(code));
        }
    }

    /** Closes whatever is still there, without waiting for it. */
    void cut() {
        links.forEach(LinkSession::cut);
        reception.forEachHandshake(LinkSession::cut);
    }

    void endStuck() {
        links.forEach(each -> Background.attempt(each::endIfStuck));
        reception.forEachHandshake(each -> Background.attempt(each::endIfStuck));
    }

    int size() {
        return links.size() + reception.handshakes();
    }

    /** The links, in the order of linking. */
    List<LinkView> views() {
        return links.views();
    }

    /** Who was turned away, here or there. */
    RefusalLog refusalLog() {
        return refusals;
    }

    MeshCounters counters() {
        return counters;
    }

    IncomingBudget incomingBudget() {
        return incomingBudget;
    }

    Message.Handshake decodeHandshake(byte[] message) throws WireException {
        return codec.decode(message);
    }

    Instant now() {
        return clock.instant();
    }

    LinkId nameOf(NodeId peer) {
        return new LinkId(peer, generations.incrementAndGet());
    }

    /** The links that are up. */
    UpLinks links() {
        return links;
    }

    /** Whether a session that is to be the second socket of that link is in its handshake. */
    boolean isBeingJoined(LinkSession link) {
        return reception.hasHandshake(session -> session.isMeantFor(link));
    }

    /** It goes on as the second socket of a link. */
    void joined(LinkSession second) {
        reception.handshakeOver(second);
        changed();
    }

    /** It has ended before the peer went on there, so that its handshake was in vain. */
    void joinedInVain(LinkSession second, CloseCode code, CloseStatus status) {
        refusals.handshakeEnded(second, code, status);
    }

    /** Whether the peer's process is not the newest with its key: that one is here, and alive as far as is known. */
    boolean isLinkedWithLaterRun(NodeId peer, long epoch) {
        return links.isWithLaterRun(peer, epoch);
    }

    /** Both proofs were good. Called with the session's monitor, so that its end is not told before. */
    void admitted(LinkSession link, LinkId id, Handshake.Admitted by, long peerAheadNanos) {
        if (!link.otherEnd().isOnThisMachine()) {
            reachingOut = true;
        }
        // First into the map: of two at the same time, at least one sees the other.
        links.add(id, link);
        boolean overlapped = links.overlap(link, by.peer());
        reception.handshakeOver(link);
        if (isAccepted(link)) {
            counters.acceptedLink();
        }
        log.debug("{}: a link with {} is up ({})", bind.get(), by.peer(), link.address());
        link.tell(new Input.LinkUp(
                id,
                link.dialled(),
                Endpoint.forOthers(link, by.endpoint()),
                by.intent(),
                by.epoch(),
                by.frameBytes(),
                overlapped,
                peerAheadNanos));
        for (int i = 0; i < LinkLimits.FRAMES_IN_FLIGHT; i++) {
            link.tell(new Input.Writable(id));
        }
    }

    /** Whether this node has ever been linked with one that is not, or may not be, on this machine. */
    public boolean hasReachedOut() {
        return reachingOut;
    }

    private RefusalLog.EndNews newsOfEnd(LinkId id) {
        if (links.hasOther(id)) {
            return RefusalLog.EndNews.ANOTHER_IS_THERE;
        }
        return news.isNewsOfEnd(id.peer()) ? RefusalLog.EndNews.GONE : RefusalLog.EndNews.NEVER_NEIGHBOUR;
    }

    /** This side found something wrong, in a handshake or later. */
    void refused(LinkSession link, CloseCode code, String reason) {
        if (code == CloseCode.SELF) {
            reception.forEachHandshake(each -> each.meet(link));
        }
        refusals.closing(link, code, reason);
    }

    /** The session has ended. Called once, with the session's monitor. */
    void ended(LinkSession link, CloseCode code, CloseStatus status) {
        reception.ended(link);
        LinkId id = link.id();
        Address dialled = link.dialled();
        if (id != null) {
            links.remove(id);
            RefusalLog.EndNews meaning = newsOfEnd(id);
            // The core first: whoever looks at it in between would find the link up, and the failure older than that.
            link.tell(new Input.LinkDown(id, code));
            refusals.linkEnded(link, id.peer(), code, status, meaning);
        } else {
            if (!link.isClosing() || (code == CloseCode.ABNORMAL && !link.isRefused())) {
                refusals.handshakeEnded(link, code, status);
            }
            if (dialled != null && !link.isSecond()) {
                link.tell(new Input.DialFailed(dialled, code));
            }
        }
        changed();
    }

    /** Waits until no session is left; returns whether that was in time. */
    synchronized boolean awaitEmpty(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (size() > 0) {
            long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    private synchronized void changed() {
        notifyAll();
    }

    /** Closes a session that was never used. */
    static void closeQuietly(WebSocketSession session, CloseStatus status) {
        try {
            session.close(status);
        } catch (IOException | IllegalStateException e) {
            log.debug("closing a refused session failed", e);
        }
    }
}
