package dev.wsmesh.websocket;

import dev.wsmesh.identity.Handshake;
import dev.wsmesh.node.Background;
import dev.wsmesh.node.Core;
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
import dev.wsmesh.wire.SocketWord;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;

/**
 * One WebSocket session that speaks {@code wsmesh.v1}: first the handshake, then frames. The container's thread reads; the
 * session's own virtual thread is the only one that writes.
 *
 * <p>States: {@code NEW -> HANDSHAKING -> UP -> ENDED}, with an end from each of them; guarded by this object's monitor, so
 * that the core hears of a link's beginning before its end, and of each once. Nobody hears of one that never began.
 *
 * <p>Or {@code HANDSHAKING -> JOINED -> ENDED}: then it is the second socket of another session's link, which reads, writes and ends
 * for both ({@link TwoSockets}). Who holds the monitor of a second one may take that of the first, and never the other way.
 */
final class LinkSession implements SocketPeer {

    private enum State {
        NEW,
        HANDSHAKING,
        UP,
        JOINED,
        ENDED
    }

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
    private final Refusing refusing;
    private final OtherEnd otherEnd;
    private final LinkWriting writing;
    private final TwoSockets sockets;
    private final @Nullable LinkSession wanted;
    /** Whose second socket it has become. */
    private volatile @Nullable LinkSession first;

    private volatile State state = State.NEW;
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
     * @param wanted the link whose second socket this is to be; null if it is to be a link, or the peer dialled
     */
    LinkSession(
            WebSocketSession session,
            Handshake handshake,
            LinkRegistry registry,
            Core run,
            LinkLimits limits,
            @Nullable Address dialled,
            String address,
            @Nullable LinkSession wanted) {
        this.registry = registry;
        this.run = run;
        this.limits = limits;
        this.dialled = dialled;
        this.address = LogText.printable(address);
        this.handshake = new HandshakePhase(handshake, registry, wanted);
        this.wanted = wanted;
        this.traffic = new LinkTraffic(registry.counters());
        this.writer = new LinkWriter(session, limits, traffic);
        this.sockets = new TwoSockets(dialled != null, writer);
        this.reading = new LinkReading(this, this.handshake, limits, traffic, sockets, registry.incomingBudget());
        this.ending = new LinkEnding(writer, outbox, limits.sendTimeout(), this.address, this::end);
        this.refusing = new Refusing(this, registry, ending);
        this.otherEnd = new OtherEnd(session, dialled);
        this.writing = new LinkWriting(this, outbox, writer, ending, limits);
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
        handshake.meet(accepted.handshake);
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

    OtherEnd otherEnd() {
        return otherEnd;
    }

    /** Whether this side has decided to close. */
    boolean isClosing() {
        return ending.decided() != null;
    }

    /** Whether it does so because of what it found, and has said that. */
    boolean isRefused() {
        return ending.isRefused();
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

    /** Whether this node dialled it to be the second socket of a link. */
    boolean isSecond() {
        return wanted != null;
    }

    /** Whether this node dialled it to be the second socket of that link. */
    boolean isMeantFor(LinkSession link) {
        return link.equals(wanted);
    }

    TwoSockets sockets() {
        return sockets;
    }

    /** The link whose second socket this has become; null if it is none. */
    @Nullable
    LinkSession first() {
        return first;
    }

    /** Whether this is the second socket of that link from now on. */
    synchronized boolean join(LinkSession wanted) {
        if (state != State.HANDSHAKING || isClosing() || !wanted.take(this)) {
            return false;
        }
        first = wanted;
        state = State.JOINED;
        registry.joined(this);
        outbox.add(new Outbox.HandingOver());
        return true;
    }

    private synchronized boolean take(LinkSession session) {
        return state == State.UP && !isClosing() && sockets.join(session, session.writer);
    }

    /** Says this about the link's two sockets. */
    void say(SocketWord word) {
        outbox.add(new Outbox.Saying(word));
    }

    @Override
    public void receiveText(String part, boolean last) {
        refuse(CloseCode.UNSUPPORTED_DATA, "it sent text on a link, which is binary" + hint());
    }

    @Override
    public void receiveBinary(ByteBuffer part, boolean last) {
        LinkSession link = first;
        if (link == null) {
            reading.receive(part, last);
        } else if (!hasEnded()) {
            link.reading.receiveOnSecond(part, last);
        }
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
        established = new EstablishedLink(id, by, registry.now(), limits.wire());
        state = State.UP;
        registry.admitted(this, id, by, admit.peerAheadNanos());
        return true;
    }

    @Override
    public void endIfStuck() {
        if (writer.isStuck()) {
            ending.pastStuckWriter();
        }
    }

    @Override
    public void closed(CloseStatus status) {
        LinkSession link = first;
        if (link == null) {
            socketEnded(status, false);
        } else {
            end(CloseCode.of(status.getCode()), status);
        }
    }

    /** A socket of the link has ended, and with it the link: at once, if it is the one that frames come on. */
    private void socketEnded(CloseStatus status, boolean onSecond) {
        if (ending.decided() == null && sockets.isQuiet(onSecond)) {
            ending.unlessSoonOver(() -> endAsTold(status));
        } else {
            endAsTold(status);
        }
    }

    private void endAsTold(CloseStatus status) {
        CloseStatus believed = handshake.believed(status);
        CloseCode ours = ending.decided();
        end(ours != null ? ours : CloseCode.of(believed.getCode()), ending.explained(believed));
    }

    /** The link as an operator sees it; null before it is admitted. */
    @Nullable
    LinkView view() {
        EstablishedLink up = established;
        return up == null ? null : traffic.view(up.id(), address, otherEnd.direction(), up.since(), sockets.count());
    }

    /** Some servers accept whatever subprotocol they are offered. */
    String hint() {
        return state == State.HANDSHAKING && dialled != null
                ? "; if it is no node, say so in the configuration (mesh.peers[n].plain: true)"
                : "";
    }

    /** Closes because something is wrong, and says so at both ends. */
    void refuse(CloseCode code, String reason) {
        LinkSession link = first;
        if (link == null) {
            refusing.refuse(() -> state != State.ENDED, code, reason);
        } else if (!hasEnded()) {
            link.refuse(code, reason);
        }
    }

    /** The same with one that is still in its handshake. A link that has come of it meanwhile stays: nothing is wrong with it. */
    void refuseHandshake(CloseCode code, String reason) {
        refusing.refuse(() -> state == State.NEW || state == State.HANDSHAKING, code, reason);
    }

    /** Closes a session that has not begun, and says why at both ends. */
    void turnAway(CloseCode code, String reason) {
        refusing.turnAway(code, reason);
    }

    private void end(CloseCode code, CloseStatus status) {
        LinkSession link = endHere(code, status) ? first : null;
        writer.hasEnded();
        if (link != null && !link.goesOnWithout(this, code, status)) {
            link.socketEnded(status, true);
        }
    }

    /** It is no failed handshake where the link ends as well: then both were closed. */
    private boolean goesOnWithout(LinkSession joined, CloseCode code, CloseStatus status) {
        boolean lost = sockets.lose(status);
        if (lost) {
            ending.unlessSoonOver(() -> {
                if (!isClosing()) {
                    registry.joinedInVain(joined, code, status);
                }
            });
        }
        return lost;
    }

    /** Whether it was the second socket of a link, which has to hear of it. */
    private synchronized boolean endHere(CloseCode code, CloseStatus status) {
        State before = state;
        state = State.ENDED;
        ending.sessionEnded();
        if (before == State.NEW) {
            early = new End(code, status);
        }
        if (before == State.NEW || before == State.ENDED) {
            return false;
        }
        reading.close();
        sockets.end();
        if (before == State.JOINED) {
            return true;
        }
        registry.ended(this, code, status);
        // Only now does the writer hear of it, whose own close would look like our decision.
        outbox.add(new Outbox.Closing(code, ""));
        return false;
    }
}
