package dev.wsmesh.websocket;

import dev.wsmesh.identity.Handshake;
import dev.wsmesh.node.Background;
import dev.wsmesh.node.Core;
import dev.wsmesh.node.Direction;
import dev.wsmesh.node.LinkView;
import dev.wsmesh.node.LogText;
import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.wire.FrameDecoder;
import dev.wsmesh.wire.FrameEncoder;
import dev.wsmesh.wire.WireException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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

    private static final Logger log = LoggerFactory.getLogger(LinkSession.class);

    private static final int MOST_REASON = 123;

    /** A fraction of the time after which a peer counts as unresponsive. */
    private static final long HEARD_PAUSE_NANOS = 1_000_000_000;

    /** How far the peer has come in its handshake; each step costs it more than the one before. */
    enum Progress {
        /** It has said nothing yet that makes sense. */
        SILENT,
        GREETED,
        /** Its proof was good. */
        PROVED
    }

    private enum State {
        NEW,
        HANDSHAKING,
        UP,
        ENDED
    }

    private final WebSocketSession session;
    private final Handshake handshake;
    private final LinkRegistry registry;
    private final Core run;
    private final LinkLimits limits;
    private final @Nullable Address dialled;
    private final String address;
    private final long beganNanos = System.nanoTime();
    private final Outbox outbox = new Outbox();
    private final FrameAssembler incoming;
    private final LinkTraffic traffic;
    private final LinkWriter writer;
    private volatile State state = State.NEW;
    private volatile Progress progress = Progress.SILENT;
    /** The reader's own. */
    private long heardNanos = beganNanos - HEARD_PAUSE_NANOS;

    private volatile @Nullable Established established;
    /** Good for us, but the dialler has yet to judge our proof: its first frame says that it did. The reader's own. */
    private Handshake.@Nullable Admitted proved;

    /** When our proof was handed over to the writer, if the peer has to judge it: it cannot have the link before. The reader's own. */
    private long provedNanos;

    /** Why this side closes, if it does. */
    private volatile @Nullable CloseCode closing;
    /** This side closes because of what it found, and has said so. */
    private volatile boolean refused;
    /** How it ended before it began. Guarded by the monitor. */
    private @Nullable End early;

    /** How a session ended. */
    private record End(CloseCode code, CloseStatus status) {}

    /** What is known once both proofs were good. */
    private record Established(
            LinkId id, long epoch, Instant since, long upNanos, FrameDecoder decoder, FrameEncoder encoder) {}

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
        this.handshake = handshake;
        this.registry = registry;
        this.run = run;
        this.limits = limits;
        this.dialled = dialled;
        this.address = LogText.printable(address);
        this.incoming = new FrameAssembler(registry.incomingBudget());
        this.traffic = new LinkTraffic(registry.counters());
        this.writer = new LinkWriter(session, limits, traffic);
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
            outbox.add(new Outbox.Handshaking(handshake.greeting()));
        }
        Thread _ = Background.start("mesh-link-" + address, this::writeUntilClosed);
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

    Progress progress() {
        return progress;
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
        return closing != null;
    }

    /** Whether it does so because of what it found, and has said that. */
    boolean isRefused() {
        return refused;
    }

    /** When the link was admitted, by the clock of {@link System#nanoTime}; at once if it is not yet. */
    long upNanos() {
        Established up = established;
        return up == null ? System.nanoTime() : up.upNanos();
    }

    /** The link's name; null before it is admitted. */
    @Nullable
    LinkId id() {
        Established up = established;
        return up == null ? null : up.id();
    }

    /** Whether it is up, with a later run of this node than the one of this epoch. */
    boolean isWithLaterRun(NodeId peer, long epoch) {
        Established up = established;
        return up != null && !isClosing() && up.id().peer().equals(peer) && up.epoch() > epoch;
    }

    void send(Frame frame) {
        outbox.add(new Outbox.Sending(frame));
    }

    /** Closes once what was handed over before is written, but does not wait for long. */
    void close(CloseCode code, String reason) {
        closing = code;
        outbox.add(new Outbox.Closing(code, reason));
        Thread _ = Background.start("mesh-closer-" + address, () -> closeInTime(code, reason));
    }

    private void closeInTime(CloseCode code, String reason) {
        try {
            Thread.sleep(limits.sendTimeout());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (state != State.ENDED) {
            closeNow(code, reason);
        }
    }

    /** Closes now, without waiting for a writer that is stuck. */
    void cut() {
        cut(CloseCode.GOING_AWAY);
    }

    private void cut(CloseCode code) {
        cut(code, "");
    }

    private void cut(CloseCode code, String reason) {
        Thread _ = Background.start("mesh-closer-" + address, () -> closeNow(code, reason));
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
        if (closing != null || state == State.ENDED) {
            return;
        }
        traffic.receivedBytes(part.remaining());
        try {
            if (proved != null) {
                admit(proved, System.nanoTime() - provedNanos);
                proved = null;
            }
            Established up = established;
            if (up == null) {
                byte[] message = incoming.append(part, last, limits.wire().handshakeBytes());
                if (message != null) {
                    onHandshake(message);
                }
                return;
            }
            byte[] frame = incoming.append(part, last, limits.wire().frameBytes());
            if (frame == null) {
                hear(up.id());
            } else {
                traffic.receivedFrame();
                tell(new Input.Received(up.id(), up.decoder().decode(frame)));
            }
        } catch (FrameAssembler.RefusedException e) {
            boolean tooLarge = e.status().getCode() == CloseCode.TOO_LARGE.number();
            refuse(tooLarge ? CloseCode.TOO_LARGE : CloseCode.RATE_LIMITED, String.valueOf(e.getMessage()));
        } catch (WireException e) {
            refuse(e.violation().closeCode(), String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void endIfStuck() {
        if (writer.isStuck() && !isClosing()) {
            cut(CloseCode.ABNORMAL);
        }
    }

    @Override
    public void closed(CloseStatus status) {
        CloseCode ours = closing;
        end(ours != null ? ours : CloseCode.of(status.getCode()), status);
    }

    /** The link as an operator sees it; null before it is admitted. */
    @Nullable
    LinkView view() {
        Established up = established;
        return up == null ? null : traffic.view(up.id(), address, direction(), up.since());
    }

    /** A part of a frame is a sign of life, but not each of a million tiny ones is worth a run of the core. */
    private void hear(LinkId id) {
        long now = System.nanoTime();
        if (now - heardNanos >= HEARD_PAUSE_NANOS) {
            heardNanos = now;
            tell(new Input.Heard(id));
        }
    }

    private void onHandshake(byte[] message) throws WireException {
        Bytes bytes = Bytes.wrap(message);
        switch (handshake.onMessage(
                registry.decodeHandshake(message), bytes, registry.now().toEpochMilli())) {
            case Handshake.Send send -> {
                progress = Progress.GREETED;
                outbox.add(new Outbox.Handshaking(send.frame()));
            }
            case Handshake.Refused refused -> refuse(refused.code(), refused.reason());
            case Handshake.Admitted admitted -> {
                if (registry.isLinkedWithLaterRun(admitted.peer(), admitted.epoch())) {
                    refuse(
                            CloseCode.IDENTITY_IN_USE,
                            "node " + admitted.peer()
                                    + " is linked already, in a later run: two processes have the same key or data directory");
                    return;
                }
                progress = Progress.PROVED;
                Bytes last = admitted.frame();
                if (last == null) {
                    admit(admitted, 0);
                } else {
                    provedNanos = System.nanoTime();
                    outbox.add(new Outbox.Handshaking(last));
                    proved = admitted;
                }
            }
        }
    }

    private synchronized void admit(Handshake.Admitted admitted, long peerAheadNanos) {
        if (state != State.HANDSHAKING) {
            return;
        }
        LinkId id = registry.nameOf(admitted.peer());
        established = new Established(
                id,
                admitted.epoch(),
                registry.now(),
                System.nanoTime(),
                new FrameDecoder(limits.wire()),
                new FrameEncoder(admitted.frameBytes()));
        state = State.UP;
        registry.admitted(this, id, admitted, peerAheadNanos);
    }

    /** Some servers accept whatever subprotocol they are offered. */
    private String hint() {
        return state == State.HANDSHAKING && dialled != null
                ? "; if it is no node, say so in the configuration (mesh.peers[n].plain: true)"
                : "";
    }

    /** Closes because something is wrong, and says so at both ends. */
    void refuse(CloseCode code, String reason) {
        if (isClosing() || state == State.ENDED) {
            return;
        }
        refused = true;
        registry.refused(this, code, reason);
        close(code, inFewWords(reason));
    }

    /** Closes a session that has not begun, and says why at both ends. */
    void turnAway(CloseCode code, String reason) {
        refused = true;
        registry.refused(this, code, reason);
        cut(code, inFewWords(reason));
    }

    /** What fits into a Close frame: 123 bytes (RFC 6455, section 5.5), and no more than one line. */
    private static String inFewWords(String reason) {
        String ascii = reason.replaceAll("[^ -~]", "?");
        return ascii.length() <= MOST_REASON ? ascii : ascii.substring(0, MOST_REASON - 3) + "...";
    }

    /** What a code means, for the other end's log. */
    static String words(CloseCode code) {
        return code.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private void writeUntilClosed() {
        try {
            boolean open = true;
            while (open) {
                open = carryOut(state == State.UP ? outbox.take() : takeInTime());
            }
        } catch (InterruptedException e) {
            closeNow(CloseCode.GOING_AWAY, "");
        } catch (IOException | IllegalStateException e) {
            log.debug("writing to {} failed", address, e);
            closeNow(CloseCode.ABNORMAL, "");
        } catch (Throwable e) {
            // A frame that the encoder does not take, or no memory: the streams' names are out of step now.
            log.error("a frame for {} could not be written", address, e);
            closeNow(CloseCode.ABNORMAL, "");
        }
    }

    /** The next task of a handshake, which has one deadline for all its legs. */
    private Outbox.Task takeInTime() throws InterruptedException {
        long deadline = beganNanos + limits.handshakeTimeout().toNanos();
        Outbox.Task task = outbox.poll(deadline - System.nanoTime());
        if (task != null) {
            return task;
        }
        if (state == State.HANDSHAKING) {
            refuse(
                    CloseCode.HANDSHAKE_TIMEOUT,
                    "the handshake took longer than "
                            + limits.handshakeTimeout().toMillis() + " ms" + hint());
        }
        return outbox.take();
    }

    /** Does what is to be done; whether there can be more. */
    private boolean carryOut(Outbox.Task task) throws IOException {
        return switch (task) {
            case Outbox.Handshaking handshaking -> {
                writer.write(handshaking.bytes().toArray());
                yield true;
            }
            case Outbox.Sending sending -> {
                Established up = Objects.requireNonNull(established);
                writer.write(up.encoder().encode(sending.frame()));
                traffic.sentFrame();
                tell(new Input.Writable(up.id()));
                yield true;
            }
            case Outbox.Closing close -> {
                closeNow(close.code(), close.reason());
                yield false;
            }
        };
    }

    private void closeNow(CloseCode code, String reason) {
        closing = code;
        CloseStatus status = code == CloseCode.ABNORMAL
                ? CloseStatus.SESSION_NOT_RELIABLE
                : new CloseStatus(code.number(), reason.isEmpty() ? null : reason);
        writer.close(status, () -> end(code, status));
    }

    private synchronized void end(CloseCode code, CloseStatus status) {
        State before = state;
        state = State.ENDED;
        if (before == State.NEW) {
            early = new End(code, status);
        }
        if (before == State.NEW || before == State.ENDED) {
            return;
        }
        incoming.close();
        registry.ended(this, code, status);
        // Only now does the writer hear of it, whose own close would look like our decision.
        outbox.add(new Outbox.Closing(code, ""));
    }
}
