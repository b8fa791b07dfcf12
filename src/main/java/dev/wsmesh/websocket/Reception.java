package dev.wsmesh.websocket;

import dev.wsmesh.protocol.CloseCode;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Who may begin a handshake, and who is in the middle of one: strangers need one of so many places, and none of them is let in
 * while there are as many accepted sessions as may be. Thread-safe.
 */
final class Reception {

    private final int mostLinks;
    private final LongSupplier acceptedLinks;
    private final HandshakePlaces handshaking;
    private final Lingering lingering = new Lingering();

    /**
     * Nobody is there yet.
     *
     * @param acceptedLinks how many of the links that are up hold a session that was accepted
     */
    Reception(LinkLimits limits, LongSupplier acceptedLinks) {
        this.mostLinks = limits.links();
        this.acceptedLinks = acceptedLinks;
        this.handshaking = new HandshakePlaces(limits.handshakes());
    }

    /**
     * Whether no more links are accepted from this host. Those that were dialled do not count; sessions that were closed do, as long
     * as the container may keep their sockets: a quarter of the places for each host, so that none keeps out the others, and up to
     * three quarters of them for that host itself, because behind a proxy all peers are one.
     */
    boolean isFull(String host) {
        return acceptedLinks.getAsLong() + lingering.count(mostLinks / 4) >= mostLinks
                || lingering.count(host) >= mostLinks - mostLinks / 4;
    }

    /** Whether there is a place for a session that has come; if not, it is being closed. */
    boolean letIn(LinkSession stranger) {
        HandshakePlaces.Answer answer =
                handshaking.ask(stranger, () -> isFull(stranger.otherEnd().host()));
        LinkSession displaced = answer.displaced();
        if (displaced != null) {
            // If it has been admitted since it was chosen, it needs no place any more.
            displaced.refuseHandshake(
                    CloseCode.RATE_LIMITED,
                    "others came while all places for handshakes were taken (mesh.links.max-handshakes)");
        }
        String complaint = answer.complaint();
        if (complaint != null) {
            lingering.begin(stranger.otherEnd().host());
            stranger.turnAway(CloseCode.RATE_LIMITED, complaint);
        }
        return complaint == null;
    }

    /** A session that this node dialled needs no place. */
    void add(LinkSession dialled) {
        handshaking.add(dialled);
    }

    /** Its handshake is over. */
    void handshakeOver(LinkSession session) {
        handshaking.remove(session);
    }

    /** It has ended, in its handshake or later. */
    void ended(LinkSession session) {
        handshaking.remove(session);
        String host = UpLinks.acceptedFrom(session);
        if (host != null && session.isClosing()) {
            lingering.begin(host);
        }
    }

    boolean hasHandshake(Predicate<LinkSession> which) {
        return handshaking.hasAny(which);
    }

    void forEachHandshake(Consumer<LinkSession> action) {
        handshaking.forEach(action);
    }

    int handshakes() {
        return handshaking.size();
    }
}
