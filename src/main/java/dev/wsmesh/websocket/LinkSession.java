package dev.wsmesh.websocket;

import dev.wsmesh.identity.Handshake;
import dev.wsmesh.node.Background;
import dev.wsmesh.node.Core;
import dev.wsmesh.node.Direction;
import dev.wsmesh.node.LinkView;
import dev.wsmesh.node.LogText;
import dev.wsmesh.node.Sleeper;
import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.protocol.NodeId;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;

/**
 * One WebSocket session that speaks {@code wsmesh.v1}: first the handshake, then frames. The container's thread reads; the
 * session's own virtual thread is the only one that writes.
 *
 * <p>States: {@code NEW -> HANDSHAKING -> UP -> ENDED}, with an end from each of them; guarded by this object's monitor, so
 * that the core hears of a link's beginning before its end, and of each once. Nobody hears of one that never began.
 */
final class LinkSession implements SocketPeer {

    private enum State {
        NEW,
        HANDSHAKING,
        UP,
        ENDED
    }

    /** Anybody can say so, also without a key; and who is taken for this node is not missed. */
    private static final CloseStatus NOT_SELF =
            new CloseStatus(CloseCode.MALFORMED.number(), "it closed with 4002 (self), and is not this node");

    private static final Set<State> UNFINISHED = EnumSet.of(State.NEW, State.HANDSHAKING);
    private static final Set<State> ALIVE = EnumSet.of(State.NEW, State.HANDSHAKING, State.UP);

    private final WebSocketSession session;
    private final LinkRegistry registry;
    private final Core run;
    private final LinkLimits limits;
    private final @Nullable Address dialled;
    private final String address;
    private final long beganNanos = System.nanoTime();
    private final Outbox outbox = new Outbox();
    private final HandshakePhase handshake;
    private final LinkTraffic traffic;
    private final LinkReading reading;
    private final LinkWriter writer;
    private final LinkEnding ending;
    private final LinkWriting writing;
    private volatile State state = State.NEW;
    /** This node's own endpoint has heard this dial of its. */
    private volatile boolean met;

    private volatile @Nullable EstablishedLink established;
    /** How it ended before it began. Guarded by the monitor. */
    private @Nullable End early;

    /** How a session ended. */
    private record End(CloseCode code, CloseStatus status) {}

    /**
     * Creates a session that has not begun.
     *
     * @param run the core that hears of what happens here, and no later run's
     * @param dialled the address that this node dialled; null if the peer dialled
     * @param address how the peer is named in the log
     */
    LinkSession(
            WebSocketSession session,
            Handshake handshake,
            LinkRegistry registry,
            Core run,
            LinkLimits limits,
            @Nullable Address dialled,
            String address) {
        this.session = session;
        this.registry = registry;
        this.run = run;
        this.limits = limits;
        this.dialled = dialled;
        this.address = LogText.printable(address);
        this.handshake = new HandshakePhase(handshake, registry);
        this.traffic = new LinkTraffic(registry.counters());
        this.reading = new LinkReading(this, this.handshake, limits, traffic, registry.incomingBudget());
        this.writer = new LinkWriter(session, limits, traffic);
        this.ending = new LinkEnding(writer, outbox, limits.sendTimeout(), this.address, this::end);
        this.writing = new LinkWriting(this, outbox, writer, ending, limits.handshakeTimeout());
    }

    /** Begins the handshake; the dialler greets. From now on the registry hears of the end, even if that has come. */
    synchronized void begin() {
        if (state == State.ENDED) {
            End end = Objects.requireNonNull(early);
            registry.ended(this, end.code(), end.status());
            return;
        }
        state = State.HANDSHAKING;
        if (dialled != null) {
            say(handshake.greeting());
        }
        Thread _ = Background.start("mesh-link-" + address, writing::untilClosed);
    }

    /** This node's own endpoint has accepted that session and met the node itself: in this one, if it is the other end. */
    void meet(LinkSession accepted) {
        if (accepted.handshake.hasHeard(handshake)) {
            met = true;
        }
    }

    @Nullable
    Address dialled() {
        return dialled;
    }

    String address() {
        return address;
    }

    /** Tells the core of the run that the session belongs to; one that has ended does not listen. */
    void tell(Input input) {
        run.give(input);
    }

    /** Who is at the other end, admitted or not; null before that is proved. */
    @Nullable
    NodeId peer() {
        return handshake.peer();
    }

    HandshakePhase.Progress progress() {
        return handshake.progress();
    }

    long beganNanos() {
        return beganNanos;
    }

    @Nullable
    InetSocketAddress remoteAddress() {
        return session.getRemoteAddress();
    }

    /** Who is at the other end of the wire, without the port. */
    String remoteHost() {
        InetSocketAddress remote = session.getRemoteAddress();
        return remote == null ? "" : remote.getHostString();
    }

    Direction direction() {
        return dialled == null ? Direction.ACCEPTED : Direction.DIALLED;
    }

    /** Whether this side has decided to close. */
    boolean isClosing() {
        return ending.decided() != null;
    }

    /** Whether it does so because of what it found, and has said that. */
    boolean isRefused() {
        return ending.isRefused();
    }

    /** When the link was admitted, by the clock of {@link System#nanoTime}; at once if it is not yet. */
    long upNanos() {
        EstablishedLink up = established;
        return up == null ? System.nanoTime() : up.upNanos();
    }

    /** The link's name; null before it is admitted. */
    @Nullable
    LinkId id() {
        EstablishedLink up = established;
        return up == null ? null : up.id();
    }

    /** What there is once it is up. */
    @Nullable
    EstablishedLink established() {
        return established;
    }

    /** Whether its handshake is over and it has not ended. */
    boolean isUp() {
        return state == State.UP;
    }

    boolean hasEnded() {
        return state == State.ENDED;
    }

    /** Tells the log that the peer is a neighbour. */
    void tellNeighbour() {
        registry.tellNeighbour(this);
    }

    /** A frame was written: the core may hand over the next. */
    void sent(EstablishedLink up) {
        traffic.sentFrame();
        tell(new Input.Writable(up.id()));
    }

    /** Whether it is up, with a later run of this node than the one of this epoch. */
    boolean isWithLaterRun(NodeId peer, long epoch) {
        EstablishedLink up = established;
        return up != null && !isClosing() && up.id().peer().equals(peer) && up.epoch() > epoch;
    }

    /** Returns who writes it, for the caller to wake. */
    Sleeper send(Frame frame) {
        return outbox.put(new Outbox.Sending(frame));
    }

    /** Has the writer tell of it: whoever calls may hold the core, which the log must not hold up. */
    void becomeNeighbour() {
        outbox.add(new Outbox.Telling());
    }

    /** Closes once what was handed over before is written, but does not wait for long. */
    void close(CloseCode code, String reason) {
        ending.inOrder(code, reason);
    }

    /** Closes now, without waiting for a writer that is stuck. */
    void cut() {
        ending.cut();
    }

    @Override
    public void leave() {
        if (state == State.NEW) {
            cut();
        } else {
            close(CloseCode.GOING_AWAY, "leaving");
        }
    }

    @Override
    public void receiveText(String part, boolean last) {
        refuse(CloseCode.UNSUPPORTED_DATA, "it sent text on a link, which is binary" + hint());
    }

    @Override
    public void receiveBinary(ByteBuffer part, boolean last) {
        reading.receive(part, last);
    }

    /** Says this as part of the handshake. */
    void say(Bytes message) {
        outbox.add(new Outbox.Handshaking(message));
    }

    /** Whether it is up now: one that this side has decided to close, on whatever thread, never comes up. */
    synchronized boolean admit(HandshakePhase.Admit admit) {
        if (state != State.HANDSHAKING || isClosing()) {
            return false;
        }
        Handshake.Admitted by = admit.admitted();
        LinkId id = registry.nameOf(by.peer());
        established = new EstablishedLink(id, by.epoch(), registry.now(), limits.wire(), by.frameBytes());
        state = State.UP;
        registry.admitted(this, id, by, admit.peerAheadNanos());
        return true;
    }

    @Override
    public void endIfStuck() {
        if (writer.isStuck() && !isClosing()) {
            ending.atOnce(CloseCode.ABNORMAL, "");
        }
    }

    @Override
    public void closed(CloseStatus status) {
        CloseCode ours = ending.decided();
        CloseCode code = ours != null ? ours : CloseCode.of(status.getCode());
        if (code == CloseCode.SELF && ours == null && !met) {
            end(CloseCode.MALFORMED, NOT_SELF);
        } else {
            end(code, ending.explained(status));
        }
    }

    /** The link as an operator sees it; null before it is admitted. */
    @Nullable
    LinkView view() {
        EstablishedLink up = established;
        return up == null ? null : traffic.view(up.id(), address, direction(), up.since());
    }

    /** Some servers accept whatever subprotocol they are offered. */
    String hint() {
        return state == State.HANDSHAKING && dialled != null
                ? "; if it is no node, say so in the configuration (mesh.peers[n].plain: true)"
                : "";
    }

    /** Closes because something is wrong, and says so at both ends. */
    void refuse(CloseCode code, String reason) {
        refuseIn(ALIVE, code, reason);
    }

    /** The same with one that is still in its handshake. A link that has come of it meanwhile stays: nothing is wrong with it. */
    void refuseHandshake(CloseCode code, String reason) {
        refuseIn(UNFINISHED, code, reason);
    }

    private void refuseIn(Set<State> states, CloseCode code, String reason) {
        String words = CloseWords.inFewWords(reason);
        if (decideToRefuse(states, code, words)) {
            registry.refused(this, code, reason);
            close(code, words);
        }
    }

    /** Whether this decides it. With the monitor, so that it is either refused or admitted, and not one after the other. */
    private synchronized boolean decideToRefuse(Set<State> states, CloseCode code, String words) {
        return states.contains(state) && ending.refuse(code, words);
    }

    /** Closes a session that has not begun, and says why at both ends. */
    void turnAway(CloseCode code, String reason) {
        String words = CloseWords.inFewWords(reason);
        boolean _ = ending.refuse(code, words);
        registry.refused(this, code, reason);
        ending.atOnce(code, words);
    }

    private synchronized void end(CloseCode code, CloseStatus status) {
        State before = state;
        state = State.ENDED;
        ending.sessionEnded();
        if (before == State.NEW) {
            early = new End(code, status);
        }
        if (before == State.NEW || before == State.ENDED) {
            return;
        }
        reading.close();
        registry.ended(this, code, status);
        // Only now does the writer hear of it, whose own close would look like our decision.
        outbox.add(new Outbox.Closing(code, ""));
    }
}
