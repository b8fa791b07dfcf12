package dev.wsmesh.node;

import dev.wsmesh.protocol.CloseCode;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Everything a node counts since it started. Safe for use by any thread; a read may miss what happens beside it. */
public final class MeshCounters {

    /** A message that was thrown away, and why. */
    public enum Drop {
        /** It was queued for a peer that was cut off because its queue was full or its socket took too long. */
        SLOW_PEER,
        /** It was queued for a peer whose session ended. */
        SESSION_ENDED,
        /** It was received in a binary message, which plain peers do not speak. */
        BINARY,
        /** It was received and is larger than {@code mesh.limits.max-message-bytes}. */
        OVERSIZED,
        /** It was received, and the unfinished texts of all peers are larger than {@code mesh.limits.max-incoming-bytes}. */
        OVERLOADED,
        /** A plain peer's text came while the node was leaving, or does not fit into a frame. */
        NOT_PUBLISHED,
        /** A subscription's queue was full; the subscription sees a gap. */
        SLOW_SUBSCRIBER,
        /** What a node told of itself could not be read, or it is one node too many. */
        PRESENCE
    }

    /** An upgrade that was refused, and why. */
    public enum Refusal {
        /** It carries an Origin that is neither the node's own nor allowed. */
        ORIGIN,
        /** The node holds as many sessions as {@code mesh.limits.max-sessions} allows. */
        FULL,
        /** The node has not started or is leaving; a dialled session that came up meanwhile counts here, too. */
        STOPPING,
        /** It is a plain peer's, and this node has none. */
        PLAIN
    }

    /** A dial that failed, and why. */
    public enum DialFailure {
        /** The host name has no address. */
        UNKNOWN_HOST,
        /** Nothing listens there, or it cannot be reached. */
        UNREACHABLE,
        /** The whole dial did not end within {@code mesh.dial.timeout}. */
        TIMEOUT,
        /** TLS could not be agreed on: certificate, name or version. */
        TLS,
        /** The HTTP proxy could not be reached, or did not open a way to the peer. */
        PROXY,
        /** The connection was closed before the upgrade was answered. */
        CLOSED,
        /** Something answered, but did not upgrade to WebSocket. */
        UPGRADE,
        /** It upgraded, but accepted no {@code wsmesh.v1} where it has to. */
        SUBPROTOCOL,
        /** It was named at run time, and is where nobody has this node dial on somebody's word; it was not dialled. */
        NOT_ALLOWED,
        /** Anything else. */
        OTHER
    }

    /** A session that ended, and how. */
    public enum Ending {
        /** With a close code of 1000 or 1001, by either side. */
        CLOSED,
        /** Without a close frame. */
        LOST,
        /** A peer was cut off because it did not take what was sent to it. */
        TOO_SLOW,
        /** A message was larger than the limit. */
        TOO_LARGE,
        /** With any other close code. */
        OTHER
    }

    /** What happened at the ways in from outside. */
    public enum GatewayEvent {
        /** A message was published by HTTP. */
        HTTP_PUBLISHED,
        /** A request by HTTP was answered with an error. */
        HTTP_REFUSED,
        /** A stream of Server-Sent Events began. */
        SSE_OPENED,
        /** One began where another one was cut off. */
        SSE_RESUMED,
        /** A stream of Server-Sent Events ended. */
        SSE_CLOSED,
        /** One ended because its client did not read fast enough. */
        SSE_CUT_OFF,
        /** A message was written to a stream of Server-Sent Events. */
        SSE_MESSAGES,
        /** A gap was. */
        SSE_GAPS,
        /** The CONNECT of a STOMP client was accepted. */
        STOMP_OPENED,
        /** The session of one ended. */
        STOMP_CLOSED,
        /** One ended because its client did not take what was written to it. */
        STOMP_CUT_OFF,
        /** An upgrade, a CONNECT or another frame of a STOMP client was refused, or no CONNECT came. */
        STOMP_REFUSED
    }

    private final LongAdder messagesIn = new LongAdder();
    private final LongAdder messagesOut = new LongAdder();
    private final LongAdder bytesIn = new LongAdder();
    private final LongAdder bytesOut = new LongAdder();
    private final LongAdder linkFramesIn = new LongAdder();
    private final LongAdder linkFramesOut = new LongAdder();
    private final LongAdder linkBytesIn = new LongAdder();
    private final LongAdder linkBytesOut = new LongAdder();
    private final LongAdder listenerMessages = new LongAdder();
    private final LongAdder listenerGaps = new LongAdder();
    private final LongAdder coreFailures = new LongAdder();
    private final LongAdder listenerFailures = new LongAdder();
    private final LongAdder acceptedLinks = new LongAdder();
    private final LongAdder dials = new LongAdder();
    private final Map<GatewayEvent, LongAdder> gatewayEvents = adders(GatewayEvent.class);
    private final Map<Drop, LongAdder> drops = adders(Drop.class);
    private final Map<Refusal, LongAdder> refusals = adders(Refusal.class);
    private final Map<DialFailure, LongAdder> dialFailures = adders(DialFailure.class);
    private final Map<CloseCode, LongAdder> handshakeFailures = adders(CloseCode.class);
    private final Map<CloseCode, LongAdder> linkEndings = adders(CloseCode.class);
    private final Map<Ending, LongAdder> endings = adders(Ending.class);

    /** Counts a message that is handed to the listener of a subscription. */
    public void deliveredToListener() {
        listenerMessages.increment();
    }

    /** Counts a gap that is told to the listener of a subscription. */
    public void gapTold() {
        listenerGaps.increment();
    }

    /** Messages handed to listeners, over all subscriptions. */
    public long listenerMessages() {
        return listenerMessages.sum();
    }

    /** Gaps told to listeners, over all subscriptions. */
    public long listenerGaps() {
        return listenerGaps.sum();
    }

    /** Counts an input at which the core failed: a mistake of ours. */
    public void coreFailed() {
        coreFailures.increment();
    }

    /** Inputs at which the core failed. */
    public long coreFailures() {
        return coreFailures.sum();
    }

    /** Counts a failure of a listener's method of the application. */
    public void listenerFailed() {
        listenerFailures.increment();
    }

    /** Failures of listeners' methods. */
    public long listenerFailures() {
        return listenerFailures.sum();
    }

    /** Counts what happened at a way in. */
    public void count(GatewayEvent event) {
        adder(gatewayEvents, event).increment();
    }

    /** How often it happened. */
    public long gatewayEvents(GatewayEvent event) {
        return adder(gatewayEvents, event).sum();
    }

    /** Counts a link that another node dialled. */
    public void acceptedLink() {
        acceptedLinks.increment();
    }

    /** Links that other nodes dialled. */
    public long acceptedLinks() {
        return acceptedLinks.sum();
    }

    /** Counts a frame that came over a link. */
    public void receivedFrame() {
        linkFramesIn.increment();
    }

    /** Counts bytes of messages that came over a session with a node, those of its handshake included. */
    public void receivedOnLink(int bytes) {
        linkBytesIn.add(bytes);
    }

    /** Counts a frame that was written to a link. */
    public void sentFrame() {
        linkFramesOut.increment();
    }

    /** Counts bytes of messages that were written to a session with a node, those of its handshake included. */
    public void sentOnLink(int bytes) {
        linkBytesOut.add(bytes);
    }

    /** Frames that came over links, over all of them. */
    public long linkFramesIn() {
        return linkFramesIn.sum();
    }

    /** Frames that were written to links, over all of them. */
    public long linkFramesOut() {
        return linkFramesOut.sum();
    }

    /** Bytes of the messages that came over sessions with nodes. */
    public long linkBytesIn() {
        return linkBytesIn.sum();
    }

    /** Bytes of the messages that were written to sessions with nodes. */
    public long linkBytesOut() {
        return linkBytesOut.sum();
    }

    /** Counts a received text of this many UTF-8 bytes. */
    public void received(int bytes) {
        messagesIn.increment();
        bytesIn.add(bytes);
    }

    /** Counts a text of this many UTF-8 bytes that was written to a socket. */
    public void sent(int bytes) {
        messagesOut.increment();
        bytesOut.add(bytes);
    }

    /** Counts a dial that began. */
    public void dialled() {
        dials.increment();
    }

    /** Counts a dial that failed. */
    public void failed(DialFailure reason) {
        adder(dialFailures, reason).increment();
    }

    /** Counts messages thrown away. */
    public void dropped(Drop reason, long messages) {
        adder(drops, reason).add(messages);
    }

    /** Counts a refused upgrade. */
    public void refused(Refusal reason) {
        adder(refusals, reason).increment();
    }

    /** Counts a handshake that failed, by the code that it was closed with. */
    public void refusedHandshake(CloseCode code) {
        adder(handshakeFailures, code).increment();
    }

    /** Handshakes that failed with this code, whichever side closed. */
    public long handshakeFailures(CloseCode code) {
        return adder(handshakeFailures, code).sum();
    }

    /** Counts a link that was up and ended, by the code that it was closed with. */
    public void linkEnded(CloseCode code) {
        adder(linkEndings, code).increment();
    }

    /** Links that were up and ended with this code, whichever side closed. */
    public long linkEndings(CloseCode code) {
        return adder(linkEndings, code).sum();
    }

    /** Counts a session that ended. */
    public void ended(Ending ending) {
        adder(endings, ending).increment();
    }

    /** Texts received. */
    public long messagesIn() {
        return messagesIn.sum();
    }

    /** Texts written to sockets. */
    public long messagesOut() {
        return messagesOut.sum();
    }

    /** UTF-8 bytes of the texts received. */
    public long bytesIn() {
        return bytesIn.sum();
    }

    /** UTF-8 bytes of the texts written to sockets. */
    public long bytesOut() {
        return bytesOut.sum();
    }

    /** Dials that began. */
    public long dials() {
        return dials.sum();
    }

    /** Messages thrown away for this reason. */
    public long drops(Drop reason) {
        return adder(drops, reason).sum();
    }

    /** Upgrades refused for this reason. */
    public long refusals(Refusal reason) {
        return adder(refusals, reason).sum();
    }

    /** Dials that failed for this reason. */
    public long dialFailures(DialFailure reason) {
        return adder(dialFailures, reason).sum();
    }

    /** Sessions that ended in this way. */
    public long endings(Ending ending) {
        return adder(endings, ending).sum();
    }

    private static <E extends Enum<E>> Map<E, LongAdder> adders(Class<E> type) {
        Map<E, LongAdder> adders = new EnumMap<>(type);
        for (E key : type.getEnumConstants()) {
            adders.put(key, new LongAdder());
        }
        return adders;
    }

    private static <E extends Enum<E>> LongAdder adder(Map<E, LongAdder> adders, E key) {
        LongAdder adder = adders.get(key);
        if (adder == null) {
            throw new IllegalArgumentException("not counted: " + key);
        }
        return adder;
    }
}
