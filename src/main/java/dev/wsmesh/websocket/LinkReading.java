package dev.wsmesh.websocket;

import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.wire.WireException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What comes on a session: the messages of its handshake, then frames. The reader's own, but for {@link #close}. */
final class LinkReading {

    private final LinkSession link;
    private final HandshakePhase handshake;
    private final LinkLimits limits;
    private final LinkTraffic traffic;
    private final FrameAssembler incoming;

    LinkReading(
            LinkSession link,
            HandshakePhase handshake,
            LinkLimits limits,
            LinkTraffic traffic,
            IncomingBudget incomingBudget) {
        this.link = link;
        this.handshake = handshake;
        this.limits = limits;
        this.traffic = traffic;
        this.incoming = new FrameAssembler(incomingBudget);
    }

    void receive(ByteBuffer part, boolean last) {
        if (link.isClosing() || link.hasEnded()) {
            return;
        }
        traffic.receivedBytes(part.remaining());
        try {
            HandshakePhase.Admit judged = handshake.onFirstFrame();
            if (judged != null && !link.admit(judged)) {
                return;
            }
            EstablishedLink up = link.established();
            if (up == null) {
                receiveHandshake(part, last);
            } else {
                receiveFrame(up, part, last);
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
            }
        }
    }

    private void receiveFrame(EstablishedLink up, ByteBuffer part, boolean last)
            throws FrameAssembler.RefusedException, WireException {
        byte @Nullable [] frame = incoming.append(part, last, limits.wire().frameBytes());
        if (frame != null) {
            traffic.receivedFrame();
            link.tell(new Input.Received(up.id(), up.decode(frame)));
        } else if (up.isWorthHearing()) {
            link.tell(new Input.Heard(up.id()));
        }
    }

    /** Gives back what an unfinished message holds; safe for any thread. */
    void close() {
        incoming.close();
    }
}
