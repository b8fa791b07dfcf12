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
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Valid frames of every kind, by chance but the same for the same source of it; small numbers and extremes are
 * likely.
 */
public final class RandomFrames {
    private final RandomGenerator random;
    private final List<StreamId> streams;
    private Topic topic = new Topic("t");
    private String contentType = "";

    public RandomFrames(RandomGenerator random) {
        this.random = random;
        this.streams = some(20, this::stream);
    }

    /** Control before payload, as frames are read. */
    public Frame frame() {
        List<Message> messages = new ArrayList<>(some(8, this::control));
        messages.addAll(some(3, this::batch));
        messages.addAll(some(2, this::history));
        return new Frame(messages);
    }

    Message.Handshake handshake() {
        return random.nextBoolean()
                ? new Message.Proof(bytes(64), random.nextBoolean() ? bytes(32) : Bytes.EMPTY)
                : new Message.Hello(
                        Stream.generate(() -> (int) number(1, Integer.MAX_VALUE))
                                .limit(random.nextInt(1, 17))
                                .toList(),
                        word(255),
                        bytes(32),
                        number(0, Limits.MOST_NUMBER),
                        random.nextLong(),
                        bytes(32),
                        (int) number(65_536, Integer.MAX_VALUE),
                        pick(List.of(Intent.values())),
                        "ws://:" + random.nextInt(65_536) + "/",
                        random.nextBoolean(),
                        random.nextBoolean() ? bytes(32) : Bytes.EMPTY);
    }

    private Message control() {
        return switch (random.nextInt(16)) {
            case 0 -> have();
            case 1 -> new Message.Graft(pick(streams), number(1, Limits.MOST_NUMBER));
            case 2 -> new Message.Prune(pick(streams));
            case 3 -> miss(number(0, Limits.MOST_NUMBER));
            case 4 ->
                new Message.DigestComplete(random.nextBoolean() ? number(0, 1L << 40) : Message.DigestComplete.NEVER);
            case 5 -> new Message.Leave(number(0, Limits.MOST_NUMBER - 1));
            case 6 -> new Message.Ping(random.nextLong());
            case 7 -> new Message.Pong(number(0, 3));
            case 8 -> new Message.Join(contact());
            case 9 -> new Message.ForwardJoin(contact(), (int) number(0, 255));
            case 10 -> new Message.Neighbor(random.nextBoolean(), contact());
            case 11 -> new Message.NeighborReply(contact(), some(31, this::contact));
            case 12 -> new Message.Disconnect(some(32, this::contact));
            case 13 -> new Message.Shuffle(random.nextLong(), node(), (int) number(0, 255), some(32, this::contact));
            case 14 -> new Message.Backfill(pick(streams), number(1, Limits.MOST_NUMBER));
            default -> new Message.ShuffleReply(random.nextLong(), some(32, this::contact));
        };
    }

    private Message.Have have() {
        long contiguous = number(0, Limits.MOST_NUMBER - 1);
        return new Message.Have(pick(streams), number(1, contiguous + 1), contiguous);
    }

    private Message.Batch batch() {
        List<EncodedRecord> records = new ArrayList<>(some(9, this::encodedRecord));
        records.add(encodedRecord());
        long first = number(1, Limits.MOST_NUMBER - records.size());
        return new Message.Batch(pick(streams), first, number(0, 1L << 40), random.nextBoolean(), records);
    }

    private Message.History history() {
        List<EncodedRecord> records = random.nextBoolean() ? List.of() : some(9, this::encodedRecord);
        long first = number(1, Limits.MOST_NUMBER - records.size());
        return new Message.History(pick(streams), first, number(0, 1L << 40), records);
    }

    private EncodedRecord encodedRecord() {
        return Samples.RECORDS.encode(record());
    }

    /** About what the one before was about, as often as not. */
    MeshRecord record() {
        if (random.nextBoolean()) {
            topic = new Topic("t." + word(200).replaceAll("[^a-z]", "x") + "x");
            contentType = word(255);
        }
        return new MeshRecord(
                topic,
                bytes((int) number(0, 2_000)),
                contentType,
                some(64, () -> new Header("h" + word(40), word(80))),
                Instant.EPOCH.plus(random.nextLong() >> random.nextInt(2, 64), ChronoUnit.MICROS));
    }

    private StreamId stream() {
        return new StreamId(node(), number(0, Limits.MOST_NUMBER));
    }

    private Contact contact() {
        return new Contact(node(), random.nextBoolean() ? new Address("ws://" + random.nextInt() + ":1/") : null);
    }

    private NodeId node() {
        return new NodeId(random.nextLong(), random.nextLong());
    }

    /** At most so many bytes of UTF-8, of one, two, three and four bytes per character. */
    private String word(int mostBytes) {
        String alphabet = pick(List.of("a", "é", "€", "𝄞", "0"));
        return alphabet.repeat((int) number(0, mostBytes / 4));
    }

    private Bytes bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return Bytes.wrap(bytes);
    }

    /** Between the two, both included. */
    private Message.Miss miss(long base) {
        return new Message.Miss(pick(streams), base, random.nextBoolean(), number(0, Math.clamp(base - 1, 0, 5)));
    }

    private long number(long least, long most) {
        return switch (random.nextInt(4)) {
            case 0 -> least;
            case 1 -> most;
            case 2 -> Math.min(most, least + random.nextInt(300));
            default -> random.nextLong(least, most + 1);
        };
    }

    private <T> T pick(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private <T> List<T> some(int most, Supplier<T> source) {
        return Stream.generate(source).limit(1 + random.nextInt(most)).toList();
    }
}
