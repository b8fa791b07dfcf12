package dev.wsmesh.websocket;

import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.wire.SocketWord;
import dev.wsmesh.wire.WireException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.CloseStatus;

/**
 * What comes on a session: the messages of its handshake, then frames; and what comes on a second socket of its link. Of each socket
 * one thread at a time reads, and of the two only one reads frames: the one that {@link TwoSockets} says. {@link #close} is safe for any.
 */
final class LinkReading {

    private final LinkSession link;
    private final HandshakePhase handshake;
    private final LinkLimits limits;
    private final LinkTraffic traffic;
    private final TwoSockets sockets;
    private final FrameAssembler incoming;
    /** Of the second socket, as long as frames come on the first. */
    private final FrameAssembler words;

    LinkReading(
            LinkSession link,
            HandshakePhase handshake,
            LinkLimits limits,
            LinkTraffic traffic,
            TwoSockets sockets,
            IncomingBudget incomingBudget) {
        this.link = link;
        this.handshake = handshake;
        this.limits = limits;
        this.traffic = traffic;
        this.sockets = sockets;
        this.incoming = new FrameAssembler(incomingBudget);
        this.words = new FrameAssembler(incomingBudget);
    }

    void receive(ByteBuffer part, boolean last) {
        receive(part, last, false);
    }

    /** Something comes on the second socket of this link. */
    void receiveOnSecond(ByteBuffer part, boolean last) {
        receive(part, last, true);
    }

    private void receive(ByteBuffer part, boolean last, boolean onSecond) {
        if (link.isClosing() || link.hasEnded()) {
            return;
        }
        traffic.receivedBytes(part.remaining());
        try {
            HandshakePhase.Admit judged = onSecond ? null : handshake.onFirstFrame();
            if (judged != null && !link.admit(judged)) {
                return;
            }
            EstablishedLink up = link.established();
            if (up == null) {
                receiveHandshake(part, last);
            } else if (onSecond == sockets.readsSecond()) {
                receiveFrame(up, part, last, onSecond);
            } else if (onSecond) {
                receiveWord(part, last);
            } else {
                link.refuse(
                        CloseCode.MALFORMED, "it went on on the first of two sockets, and had said that it would not");
            }
        } catch (FrameAssembler.RefusedException e) {
            boolean tooLarge = e.status().getCode() == CloseCode.TOO_LARGE.number();
            link.refuse(tooLarge ? CloseCode.TOO_LARGE : CloseCode.RATE_LIMITED, String.valueOf(e.getMessage()));
        } catch (WireException e) {
            link.refuse(e.violation().closeCode(), String.valueOf(e.getMessage()));
        }
    }

    private void receiveHandshake(ByteBuffer part, boolean last) throws FrameAssembler.RefusedException, WireException {
        byte[] message = incoming.append(part, last, limits.wire().handshakeBytes());
        if (message != null) {
            switch (handshake.onMessage(message)) {
                case HandshakePhase.Say say -> link.say(say.message());
                case HandshakePhase.Refuse refusal -> link.refuse(refusal.code(), refusal.reason());
                case HandshakePhase.Admit admit -> {
                    boolean _ = link.admit(admit);
                }
                case HandshakePhase.Join join -> {
                    if (!link.join(join.first())) {
                        link.refuse(CloseCode.NORMAL, "the link has ended, or has a second socket");
                    }
                }
            }
        }
    }

    private void receiveFrame(EstablishedLink up, ByteBuffer part, boolean last, boolean onSecond)
            throws FrameAssembler.RefusedException, WireException {
        byte @Nullable [] frame = incoming.append(part, last, limits.wire().frameBytes());
        if (frame == null) {
            if (up.isWorthHearing()) {
                link.tell(new Input.Heard(up.id()));
            }
            return;
        }
        SocketWord word = SocketWord.in(frame);
        if (word != null) {
            hear(word, onSecond);
            return;
        }
        traffic.receivedFrame();
        link.tell(new Input.Received(up.id(), up.decode(frame)));
    }

    /** There comes nothing else: frames, whatever their size, would have no place among those of the first socket. */
    private void receiveWord(ByteBuffer part, boolean last) throws WireException {
        try {
            byte @Nullable [] message = words.append(part, last, SocketWord.MOST_BYTES);
            if (message != null) {
                hear(SocketWord.in(message), true);
            }
        } catch (FrameAssembler.RefusedException e) {
            hear(null, true);
        }
    }

    private void hear(@Nullable SocketWord word, boolean onSecond) {
        if (word == null) {
            link.refuse(CloseCode.MALFORMED, "it sent a frame on the one of two sockets where none may come");
        } else if (!sockets.hear(word, onSecond)) {
            CloseStatus lost = sockets.lost();
            if (lost != null && word == SocketWord.LAST && !onSecond) {
                link.closed(lost);
                return;
            }
            link.refuse(CloseCode.MALFORMED, "it said out of turn something about two sockets: " + word);
        } else if (word == SocketWord.LAST) {
            link.say(SocketWord.GO_ON);
        }
    }

    /** Gives back what an unfinished message holds; safe for any thread. */
    void close() {
        incoming.close();
        words.close();
    }
}
