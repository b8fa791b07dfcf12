package dev.wsmesh.wire;

import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.Contact;
import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Header;
import dev.wsmesh.protocol.Intent;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.MeshRecord;
import dev.wsmesh.protocol.Message;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.StreamId;
import dev.wsmesh.protocol.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** One frame for each golden vector, and the values they are made of. */
public final class Samples {
    static final StreamId STREAM = new StreamId(NodeId.of(ascending(0, 16)), 1_763_800_000_000L);
    static final StreamId OTHER_STREAM = new StreamId(NodeId.of(ascending(16, 16)), 1_763_800_000_001L);
    static final Contact ANNE = new Contact(node(0xaa), new Address("ws://a:8080/"));
    static final Contact BERT = new Contact(node(0xbb), new Address("wss://b/mesh"));
    static final long NONCE = 0x0123456789abcdefL;

    static final RecordCodec RECORDS = new RecordCodec(Limits.DEFAULT);
    static final MeshRecord RECORD = new MeshRecord(
            new Topic("orders.created"),
            text("hello"),
            "text/plain",
            List.of(new Header("trace", "é")),
            Instant.parse("2025-11-22T08:26:40.123456Z"));
    static final MeshRecord BARE_RECORD = new MeshRecord(new Topic("a"), Bytes.EMPTY, "", List.of(), Instant.EPOCH);

    private Samples() {}

    static Map<String, Message.Handshake> handshakes() {
        Map<String, Message.Handshake> samples = new LinkedHashMap<>();
        samples.put("hello", hello());
        samples.put("hello-joining", joining(hello()));
        samples.put("proof", new Message.Proof(bytes(0, 64), bytes(0x80, 32)));
        samples.put("proof-without-key", new Message.Proof(bytes(0, 64), Bytes.EMPTY));
        return samples;
    }

    /** In their order, because the last is written on the link of the one before. */
    public static Map<String, Frame> frames() {
        Map<String, Frame> samples = new LinkedHashMap<>();
        samples.put("have", Frame.of(new Message.Have(STREAM, 7, 300)));
        samples.put("have-nothing", Frame.of(new Message.Have(STREAM, 1, 0)));
        samples.put("graft", Frame.of(new Message.Graft(STREAM, 301)));
        samples.put("prune", Frame.of(new Message.Prune(STREAM)));
        samples.put("miss", Frame.of(new Message.Miss(STREAM, 44, false)));
        samples.put("miss-too-large", Frame.of(new Message.Miss(STREAM, 44, false, 1)));
        samples.put("miss-pending", Frame.of(new Message.Miss(STREAM, Message.Miss.NONE, true)));
        samples.put("digest-complete", Frame.of(new Message.DigestComplete(90_000)));
        samples.put("digest-complete-at-once", Frame.of(new Message.DigestComplete(0)));
        samples.put("digest-complete-never", Frame.of(new Message.DigestComplete(Message.DigestComplete.NEVER)));
        samples.put("leave", Frame.of(new Message.Leave(1_000)));
        samples.put("ping", Frame.of(new Message.Ping(NONCE)));
        samples.put("pong", Frame.of(new Message.Pong(NONCE)));
        samples.put("join", Frame.of(new Message.Join(ANNE)));
        samples.put("join-outbound-only", Frame.of(new Message.Join(new Contact(ANNE.id(), null))));
        samples.put("forward-join", Frame.of(new Message.ForwardJoin(ANNE, 6)));
        samples.put("neighbor", Frame.of(new Message.Neighbor(true, ANNE)));
        samples.put("neighbor-reply", Frame.of(new Message.NeighborReply(BERT, List.of())));
        samples.put("neighbor-reply-to-joiner", Frame.of(new Message.NeighborReply(BERT, List.of(ANNE))));
        samples.put("disconnect", Frame.of(new Message.Disconnect(List.of(ANNE, BERT))));
        samples.put("shuffle", Frame.of(new Message.Shuffle(NONCE, STREAM.origin(), 5, List.of(ANNE))));
        samples.put("shuffle-reply", Frame.of(new Message.ShuffleReply(NONCE, List.of(BERT))));
        samples.put("batch", Frame.of(new Message.Batch(STREAM, 5, 1_500, true, encoded(RECORD, BARE_RECORD))));
        samples.put("batch-of-one-topic", Frame.of(new Message.Batch(STREAM, 5, 0, false, ofOneTopic())));
        samples.put("backfill", Frame.of(new Message.Backfill(STREAM, 300)));
        samples.put(
                "history",
                Frame.of(
                        new Message.History(STREAM, 6, 30, encoded(BARE_RECORD)),
                        new Message.History(STREAM, 6, 0, List.of())));
        samples.put(
                "two-streams",
                Frame.of(
                        new Message.Have(STREAM, 1, 1),
                        new Message.Prune(OTHER_STREAM),
                        new Message.Batch(STREAM, 1, 0, false, encoded(BARE_RECORD))));
        samples.put("by-alias", Frame.of(new Message.Graft(OTHER_STREAM, 9)));
        return samples;
    }

    static Message.Handshake handshake(String name) {
        return Objects.requireNonNull(handshakes().get(name));
    }

    static Frame frame(String name) {
        return Objects.requireNonNull(frames().get(name));
    }

    static Message.Hello hello() {
        return new Message.Hello(
                List.of(1, 2),
                "orders",
                bytes(0x20, 32),
                STREAM.epoch(),
                0xfedcba9876543210L,
                bytes(0x40, 32),
                1 << 20,
                Intent.JOIN,
                "ws://:8080/mesh",
                false,
                Bytes.EMPTY);
    }

    /** The same node, which has a second socket for a link. */
    private static Message.Hello joining(Message.Hello hello) {
        return new Message.Hello(
                hello.versions(),
                hello.cluster(),
                hello.publicKey(),
                hello.epoch(),
                hello.instance(),
                hello.nonce(),
                hello.frameBytes(),
                Intent.LOW,
                hello.endpoint(),
                true,
                bytes(0x60, 32));
    }

    /** The second does not say again what it is about. */
    private static List<EncodedRecord> ofOneTopic() {
        RecordCodec codec = new RecordCodec(Limits.DEFAULT);
        codec.encode(RECORD);
        MeshRecord next = new MeshRecord(RECORD.topic(), text("again"), RECORD.contentType(), List.of(), Instant.EPOCH);
        return List.of(codec.encode(RECORD), codec.encode(next));
    }

    static List<EncodedRecord> encoded(MeshRecord... records) {
        return Arrays.stream(records).map(RECORDS::encode).toList();
    }

    static NodeId node(int octet) {
        byte[] bytes = new byte[NodeId.BYTES];
        Arrays.fill(bytes, (byte) octet);
        return NodeId.of(bytes);
    }

    static Bytes text(String text) {
        return Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Bytes bytes(int first, int count) {
        return Bytes.wrap(ascending(first, count));
    }

    private static byte[] ascending(int first, int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (first + i);
        }
        return bytes;
    }
}
