package dev.wsmesh.wire;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.Intent;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.Message;
import dev.wsmesh.protocol.Message.Hello;
import dev.wsmesh.protocol.Message.Proof;
import java.util.ArrayList;
import java.util.List;

/**
 * Handshake messages to bytes and back: each is a frame of its own. The transcript is made of these exact bytes, so
 * keep them; encoding a decoded message anew need not give the same.
 *
 * <p>Safe for any number of threads.
 */
public final class HandshakeCodec {
    static final int MOST_VERSIONS = 16;
    static final int MOST_CLUSTER_BYTES = 255;
    static final int MOST_ENDPOINT_BYTES = 255;
    static final int PUBLIC_KEY_BYTES = 32;
    static final int NONCE_BYTES = 32;
    static final int TRANSCRIPT_BYTES = 32;
    static final int SIGNATURE_BYTES = 64;
    static final int MAC_BYTES = 32;

    private static final int VERSIONS = 1 << Tag.NUMBER | Tag.LENGTH;
    private static final int VERSIONS_UNPACKED = 1 << Tag.NUMBER | Tag.VARINT;
    private static final int CLUSTER = 2 << Tag.NUMBER | Tag.LENGTH;
    private static final int PUBLIC_KEY = 3 << Tag.NUMBER | Tag.LENGTH;
    private static final int EPOCH = 4 << Tag.NUMBER | Tag.VARINT;
    private static final int INSTANCE = 5 << Tag.NUMBER | Tag.FIXED64;
    private static final int NONCE = 6 << Tag.NUMBER | Tag.LENGTH;
    private static final int FRAME_BYTES = 7 << Tag.NUMBER | Tag.VARINT;
    private static final int INTENT = 8 << Tag.NUMBER | Tag.VARINT;
    private static final int ENDPOINT = 9 << Tag.NUMBER | Tag.LENGTH;

    private static final int SECOND_SOCKET = 10 << Tag.NUMBER | Tag.VARINT;
    private static final int JOINS = 11 << Tag.NUMBER | Tag.LENGTH;

    private static final int SIGNATURE = 1 << Tag.NUMBER | Tag.LENGTH;
    private static final int MAC = 2 << Tag.NUMBER | Tag.LENGTH;

    private final Limits limits;

    /** A codec with this bound on {@link Limits#handshakeBytes}, which every node of this version has. */
    public HandshakeCodec(Limits limits) {
        this.limits = limits;
    }

    /**
     * The frame that holds this message alone.
     *
     * @throws IllegalArgumentException if a value is beyond the limits, so that no peer would accept the message
     */
    public byte[] encode(Message.Handshake message) {
        ProtoWriter out = new ProtoWriter(256);
        switch (message) {
            case Hello hello -> writeHello(out, hello);
            case Proof proof -> writeProof(out, proof);
        }
        byte[] bytes = out.toArray();
        try {
            Message.Handshake _ = decode(bytes);
        } catch (WireException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        return bytes;
    }

    /**
     * The message that a frame holds alone.
     *
     * @param bytes one whole WebSocket message
     * @throws WireException if the bytes are no such frame, or beyond the limits; nothing else is thrown, whatever
     *     they are
     */
    public Message.Handshake decode(byte[] bytes) throws WireException {
        WireException.refuseAbove(limits.handshakeBytes(), bytes.length, Violation.HANDSHAKE_BYTES);
        ProtoReader in = new ProtoReader(bytes);
        Message.Handshake message = null;
        while (in.hasMore()) {
            int tag = in.tag();
            if (message != null && tag >>> Tag.NUMBER <= FrameTag.HISTORY >>> Tag.NUMBER) {
                throw WireException.malformed(Violation.OUT_OF_PLACE);
            }
            switch (tag) {
                case FrameTag.HELLO -> message = readHello(in.message());
                case FrameTag.PROOF -> message = readProof(in.message());
                case FrameTag.STREAMS, FrameTag.CONTROL, FrameTag.BATCHES, FrameTag.HISTORY ->
                    throw WireException.malformed(Violation.OUT_OF_PLACE);
                default -> in.skip(tag);
            }
        }
        return WireException.present(message);
    }

    private static void writeHello(ProtoWriter out, Hello hello) {
        int start = out.begin(FrameTag.HELLO);
        int versions = out.begin(VERSIONS);
        hello.versions().forEach(out::rawVarint);
        out.end(versions);
        out.text(CLUSTER, hello.cluster());
        out.bytes(PUBLIC_KEY, hello.publicKey());
        out.varint(EPOCH, hello.epoch());
        out.fixed64(INSTANCE, hello.instance());
        out.bytes(NONCE, hello.nonce());
        out.varint(FRAME_BYTES, hello.frameBytes());
        out.varint(INTENT, number(hello.intent()));
        out.text(ENDPOINT, hello.endpoint());
        out.varint(SECOND_SOCKET, hello.secondSocket() ? 1 : 0);
        out.bytes(JOINS, hello.joins());
        out.end(start);
    }

    private static void writeProof(ProtoWriter out, Proof proof) {
        int start = out.begin(FrameTag.PROOF);
        out.bytes(SIGNATURE, proof.signature());
        out.bytes(MAC, proof.mac());
        out.end(start);
    }

    private static Hello readHello(ProtoReader in) throws WireException {
        List<Integer> versions = new ArrayList<>();
        String cluster = "";
        Bytes publicKey = null;
        long epoch = 0;
        long instance = 0;
        Bytes nonce = null;
        long frameBytes = 0;
        Intent intent = null;
        String endpoint = "";
        boolean secondSocket = false;
        Bytes joins = Bytes.EMPTY;
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case VERSIONS -> readVersions(in.message(), versions);
                case VERSIONS_UNPACKED -> addVersion(in, versions);
                case CLUSTER -> cluster = in.text(MOST_CLUSTER_BYTES, Violation.CLUSTER_BYTES);
                case PUBLIC_KEY -> publicKey = Bytes.wrap(in.exactly(PUBLIC_KEY_BYTES));
                case EPOCH -> epoch = in.number(0, Limits.MOST_NUMBER);
                case INSTANCE -> instance = in.fixed64();
                case NONCE -> nonce = Bytes.wrap(in.exactly(NONCE_BYTES));
                case FRAME_BYTES -> frameBytes = in.number(Limits.FRAME_TARGET_BYTES, Integer.MAX_VALUE);
                case INTENT -> intent = intent(in.varint());
                case ENDPOINT -> endpoint = in.text(MOST_ENDPOINT_BYTES, Violation.ENDPOINT_BYTES);
                case SECOND_SOCKET -> secondSocket = in.bool();
                case JOINS -> joins = Bytes.wrap(in.exactly(TRANSCRIPT_BYTES));
                default -> in.skip(tag);
            }
        }
        if (versions.isEmpty() || frameBytes == 0) {
            throw WireException.malformed(Violation.MISSING_FIELD);
        }
        return new Hello(
                versions,
                cluster,
                WireException.present(publicKey),
                epoch,
                instance,
                WireException.present(nonce),
                (int) frameBytes,
                WireException.present(intent),
                endpoint,
                secondSocket,
                joins);
    }

    private static void readVersions(ProtoReader in, List<Integer> versions) throws WireException {
        while (in.hasMore()) {
            addVersion(in, versions);
        }
    }

    private static void addVersion(ProtoReader in, List<Integer> versions) throws WireException {
        WireException.refuseAbove(MOST_VERSIONS, versions.size() + 1, Violation.VERSIONS_PER_HELLO);
        versions.add((int) in.number(1, Integer.MAX_VALUE));
    }

    private static Proof readProof(ProtoReader in) throws WireException {
        Bytes signature = null;
        Bytes mac = Bytes.EMPTY;
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case SIGNATURE -> signature = Bytes.wrap(in.exactly(SIGNATURE_BYTES));
                case MAC -> mac = Bytes.wrap(in.exactly(MAC_BYTES));
                default -> in.skip(tag);
            }
        }
        return new Proof(WireException.present(signature), mac);
    }

    private static int number(Intent intent) {
        return switch (intent) {
            case JOIN -> 1;
            case HIGH -> 2;
            case LOW -> 3;
            case PROBE -> 4;
        };
    }

    private static Intent intent(long number) throws WireException {
        for (Intent intent : Intent.values()) {
            if (number(intent) == number) {
                return intent;
            }
        }
        throw WireException.malformed(Violation.UNKNOWN_INTENT);
    }
}
