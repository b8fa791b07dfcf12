package dev.wsmesh.websocket;

import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.wire.SocketWord;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the thread of a session does, which is the only one that writes: task after task of the outbox, until one of them closes
 * the session or writing fails. During the handshake it keeps its deadline as well.
 */
final class LinkWriting {

    private static final Logger log = LoggerFactory.getLogger(LinkWriting.class);

    /**
     * The peer may take as long as so many fragments may to read what is left on the first socket: a minute. That it is alive is
     * known by other means.
     */
    private static final int MOST_MOVING = 6;

    private final LinkSession link;
    private final Outbox outbox;
    private final LinkWriter writer;
    private final LinkEnding ending;
    private final Duration handshakeTimeout;
    private final Duration mostMoving;

    LinkWriting(LinkSession link, Outbox outbox, LinkWriter writer, LinkEnding ending, LinkLimits limits) {
        this.link = link;
        this.outbox = outbox;
        this.writer = writer;
        this.ending = ending;
        this.handshakeTimeout = limits.handshakeTimeout();
        this.mostMoving = limits.sendTimeout().multipliedBy(MOST_MOVING);
    }

    void untilClosed() {
        try {
            boolean open = true;
            while (open) {
                open = carryOut(link.isUp() ? outbox.take() : takeInTime());
            }
        } catch (InterruptedException e) {
            ending.now(CloseCode.GOING_AWAY, "");
        } catch (IOException | IllegalStateException | RejectedExecutionException e) {
            log.debug("writing to {} failed", link.address(), e);
            endAfterFailedWrite();
        } catch (Throwable e) {
            // A frame that the encoder does not take, or no memory: the streams' names are out of step now.
            log.error("a frame for {} could not be written", link.address(), e);
            ending.now(CloseCode.ABNORMAL, "");
        }
    }

    /**
     * A container refuses writes as soon as it has answered the peer's Close, and only then tells of the end: what the peer's
     * Close says is worth a moment.
     */
    private void endAfterFailedWrite() {
        try {
            Outbox.Closing closing = outbox.awaitClosing(SessionTuning.CLOSE_SEND_TIMEOUT);
            ending.now(closing.code(), closing.reason());
        } catch (InterruptedException e) {
            ending.now(CloseCode.GOING_AWAY, "");
        }
    }

    /** The next task of a handshake, which has one deadline for all its legs. */
    private Outbox.Task takeInTime() throws InterruptedException {
        long deadline = link.beganNanos() + handshakeTimeout.toNanos();
        Outbox.Task task = outbox.poll(deadline - System.nanoTime());
        if (task != null) {
            return task;
        }
        link.refuseHandshake(
                CloseCode.HANDSHAKE_TIMEOUT,
                "the handshake took longer than " + handshakeTimeout.toMillis() + " ms" + link.hint());
        return outbox.take();
    }

    /** Does what is to be done; whether there can be more. */
    private boolean carryOut(Outbox.Task task) throws IOException, InterruptedException {
        return switch (task) {
            case Outbox.Handshaking handshaking -> {
                writer.write(handshaking.bytes().toArray());
                yield true;
            }
            case Outbox.Sending sending -> {
                EstablishedLink up = Objects.requireNonNull(link.established());
                writer.write(up.encode(sending.frame()));
                link.sent(up);
                yield true;
            }
            case Outbox.Telling _ -> {
                link.tellNeighbour();
                yield true;
            }
            case Outbox.Saying saying -> {
                say(saying.word());
                yield true;
            }
            case Outbox.HandingOver _ -> {
                handOver();
                yield false;
            }
            case Outbox.Closing close -> {
                ending.now(close.code(), close.reason());
                yield false;
            }
        };
    }

    /** From now on the writer of the link whose second socket this is writes here. */
    private void handOver() throws IOException {
        LinkSession first = Objects.requireNonNull(link.first());
        if (first.isClosing() || first.hasEnded()) {
            // It may have been closed before it was known that there are two.
            ending.atOnce(CloseCode.NORMAL, "");
        } else if (link.isSecond()) {
            // Not by the link's writer, which may be stuck on the first socket: the peer waits as long as for a
            // handshake.
            writer.write(SocketWord.JOINED.encode());
        } else {
            first.say(SocketWord.LAST);
        }
    }

    /** Where it belongs: what ends the first socket is said there, everything else on the second. */
    private void say(SocketWord word) throws IOException, InterruptedException {
        if (word != SocketWord.LAST) {
            writer.writeToOther(word.encode());
            return;
        }
        writer.write(word.encode());
        if (link.sockets().awaitGoOn(mostMoving)) {
            writer.move();
        } else if (!link.hasEnded()) {
            link.refuse(
                    CloseCode.UNRESPONSIVE,
                    "it has not read the first of two sockets to its end within " + mostMoving.toMillis() + " ms");
            throw new IOException("nothing can be written any more");
        }
    }
}
