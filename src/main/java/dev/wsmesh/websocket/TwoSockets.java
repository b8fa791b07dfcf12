package dev.wsmesh.websocket;

import dev.wsmesh.wire.SocketWord;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.CloseStatus;

/**
 * The second socket of one link, and how far what the link's dialler sends has moved to it. What the other end sends stays on the
 * first: nobody masks it there.
 *
 * <table>
 * <caption>States</caption>
 * <tr><th>state</th><th>at who accepted the link</th><th>at who dialled it</th></tr>
 * <tr><td>ONE</td><td>reads the first</td><td>writes on the first</td></tr>
 * <tr><td>JOINED</td><td>JOINED was said; reads the first</td><td>JOINED has come; says LAST, and waits</td></tr>
 * <tr><td>MOVED</td><td>LAST has come; says GO_ON, reads the second</td><td>GO_ON has come; writes on the second</td></tr>
 * </table>
 *
 * <p>It only ever goes forward, but for one step: until LAST has come, who accepted the link can lose the second socket and go on with
 * one, for the peer has sent nothing there. Thread-safe: who reads the second socket sees all that was read of the first, because MOVED is
 * written behind that.
 */
final class TwoSockets {

    private enum State {
        ONE,
        JOINED,
        MOVED
    }

    private final boolean dialled;
    private final LinkWriter writer;
    private final CountDownLatch goOn = new CountDownLatch(1);
    private volatile State state = State.ONE;
    private volatile @Nullable LinkSession second;
    /** How the second one ended without which the link has gone on. */
    private volatile @Nullable CloseStatus lost;

    /**
     * One socket.
     *
     * @param dialled whether this end dialled the link
     * @param writer of the link
     */
    TwoSockets(boolean dialled, LinkWriter writer) {
        this.dialled = dialled;
        this.writer = writer;
    }

    /** There is a second one, with its own writer; false if there was one before. To be called with the link's monitor. */
    synchronized boolean join(LinkSession session, LinkWriter itsWriter) {
        if (state != State.ONE) {
            return false;
        }
        second = session;
        state = State.JOINED;
        writer.pair(itsWriter);
        return true;
    }

    /** The second one has ended so; whether the link goes on without it, because the peer has not gone on there. */
    synchronized boolean lose(CloseStatus status) {
        if (dialled || state != State.JOINED) {
            return false;
        }
        lost = status;
        second = null;
        state = State.ONE;
        writer.unpair();
        return true;
    }

    /** How the second one ended that has been lost; null if none has. If the peer turns out to have gone on there, the link ends so. */
    @Nullable
    CloseStatus lost() {
        return lost;
    }

    /** The second one; null if there is none. */
    @Nullable
    LinkSession second() {
        return second;
    }

    /** How many there are. */
    int count() {
        return second == null ? 1 : 2;
    }

    /**
     * The peer has said something about sockets.
     *
     * @return whether it was its turn
     */
    synchronized boolean hear(SocketWord word, boolean onSecond) {
        boolean inTurn = state == State.JOINED
                && (dialled ? word == SocketWord.GO_ON : word == SocketWord.LAST)
                && onSecond == dialled;
        if (inTurn) {
            state = State.MOVED;
            goOn.countDown();
        }
        return inTurn;
    }

    /** Whether what the peer sends comes on the second one now. */
    boolean readsSecond() {
        return !dialled && state == State.MOVED;
    }

    /** Whether nothing of the peer comes there any more but its Close, which may overtake what is on the other one. */
    boolean isQuiet(boolean second) {
        return state != State.ONE && second != readsSecond();
    }

    /** Waits until this end may write on the second one; false if it may not, because it took too long, or the link has ended. */
    boolean awaitGoOn(Duration timeout) throws InterruptedException {
        return goOn.await(timeout.toNanos(), TimeUnit.NANOSECONDS) && state == State.MOVED;
    }

    /** The link has ended: nobody need wait. */
    void end() {
        goOn.countDown();
    }
}
