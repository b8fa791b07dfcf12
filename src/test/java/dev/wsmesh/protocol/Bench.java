package dev.wsmesh.protocol;

import dev.wsmesh.protocol.Message.Batch;
import dev.wsmesh.protocol.Message.DigestComplete;
import dev.wsmesh.protocol.Message.Have;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** One node on the bench: the test plays its peers, its links and its clock. */
final class Bench {
    static final NodeId SELF = new NodeId(5, 5);
    static final long EPOCH = 100;
    static final StreamId OWN = new StreamId(SELF, EPOCH);

    static final EncodedRecord BEACON = new EncodedRecord(Bytes.wrap("beacon".getBytes(StandardCharsets.UTF_8)));

    private final Protocol protocol;
    private final List<Output> outputs = new ArrayList<>();
    private final Set<LinkId> stuck = new HashSet<>();
    private long now = 1_000_000_000;
    private long timerAt = Long.MAX_VALUE;
    private long generations;
    private long tickets;

    Bench() {
        this(Settings.of(SELF, new Address("ws://self"), List.of()));
    }

    Bench(Settings settings) {
        this(settings, _ -> true);
    }

    Bench(Settings settings, Predicate<Address> mayDial) {
        this(settings, 1, mayDial);
    }

    Bench(Settings settings, long seed) {
        this(settings, seed, _ -> true);
    }

    private Bench(Settings settings, long seed, Predicate<Address> mayDial) {
        protocol = new Protocol(settings, EPOCH, BEACON, mayDial, new SplittableRandom(seed), now);
        carryOut(protocol.start(now));
    }

    static Bench with(Settings.Broadcasting broadcasting) {
        return new Bench(Settings.of(SELF, new Address("ws://self"), List.of()).with(broadcasting));
    }

    static Bench with(Settings.Membership membership, Address... bootstrap) {
        return new Bench(
                Settings.of(SELF, new Address("ws://self"), List.of(bootstrap)).with(membership));
    }

    /** With room for so many bytes of records. */
    static Bench retaining(int bytes) {
        return with(
                Settings.Broadcasting.DEFAULT.with(Settings.Memory.DEFAULT.retaining(bytes, Duration.ofMinutes(1))));
    }

    static NodeId node(int number) {
        return new NodeId(number, number);
    }

    static StreamId stream(int number) {
        return new StreamId(node(number), 1);
    }

    static EncodedRecord encoded(long number) {
        return new EncodedRecord(Bytes.wrap(("record " + number).getBytes(StandardCharsets.UTF_8)));
    }

    static Batch batch(StreamId stream, long first, long last) {
        return new Batch(
                stream,
                first,
                0,
                false,
                LongStream.rangeClosed(first, last).mapToObj(Bench::encoded).toList());
    }

    long now() {
        return now;
    }

    long neighbours() {
        return view().links().stream().filter(View.LinkView::neighbour).count();
    }

    /** The core itself, for what only looks. */
    Protocol core() {
        return protocol;
    }

    View view() {
        return protocol.view();
    }

    long counted(Counter counter) {
        return protocol.counted(counter);
    }

    /** A link that the peer dialled, without its digest. */
    LinkId accept(int peer, Intent intent) {
        return up(peer, null, intent);
    }

    LinkId up(int peer, @Nullable Address dialled, Intent intent) {
        LinkId link = new LinkId(node(peer), ++generations);
        give(linkUp(link, dialled, intent, 1, false));
        give(new Input.Writable(link));
        give(new Input.Writable(link));
        return link;
    }

    /** Where a peer is seen to be. */
    static Address observed(int peer) {
        return observed(node(peer));
    }

    private static Address observed(NodeId peer) {
        return new Address("ws://observed" + peer.low());
    }

    static Input.LinkUp linkUp(LinkId link, @Nullable Address dialled, Intent intent, long epoch, boolean overlapped) {
        Address observed = observed(link.peer());
        return new Input.LinkUp(link, dialled, observed, intent, epoch, Limits.DEFAULT.frameBytes(), overlapped, 0);
    }

    /** A link of a peer that nobody can dial. */
    LinkId acceptOutboundOnly(int peer, Intent intent) {
        return accept(peer, null, intent, Limits.DEFAULT.frameBytes());
    }

    /** A link of a peer that accepts no larger frames than these. */
    LinkId acceptSmall(int peer, int frameBytes) {
        return accept(peer, new Address("ws://small"), Intent.HIGH, frameBytes);
    }

    private LinkId accept(int peer, @Nullable Address observed, Intent intent, int frameBytes) {
        LinkId link = new LinkId(node(peer), ++generations);
        give(new Input.LinkUp(link, null, observed, intent, 1, frameBytes, false, 0));
        give(new Input.Writable(link));
        give(new Input.Writable(link));
        return link;
    }

    /** A neighbour that has listened for ten minutes and holds this. */
    LinkId neighbour(int peer, Have... haves) {
        LinkId link = accept(peer, Intent.HIGH);
        digest(link, 600_000, haves);
        return link;
    }

    /** Such a neighbour, which has started us behind everything that it holds. */
    LinkId starter(int peer, Have... haves) {
        LinkId link = neighbour(peer, haves);
        for (Have have : haves) {
            receive(link, new Batch(have.stream(), have.contiguous() + 1, 0, false, List.of()));
        }
        return link;
    }

    void digest(LinkId link, long listeningMillis, Have... haves) {
        List<Message> messages = new ArrayList<>(List.of(haves));
        messages.add(new DigestComplete(listeningMillis));
        give(new Input.Received(link, new Frame(messages)));
    }

    void receive(LinkId link, Message... messages) {
        give(new Input.Received(link, Frame.of(messages)));
    }

    void down(LinkId link) {
        give(new Input.LinkDown(link, CloseCode.ABNORMAL));
    }

    /** The link takes no more frames than the two it has room for. */
    void stick(LinkId link) {
        stuck.add(link);
    }

    void unstick(LinkId link) {
        stuck.remove(link);
        give(new Input.Writable(link));
    }

    /** Sixty records of each of seven streams, from this number on: more than most tests have room for. */
    void fillLog(LinkId source, int first, int bytes) {
        EncodedRecord each = new EncodedRecord(Bytes.wrap(new byte[bytes]));
        for (int record = first; record < first + 60; record++) {
            for (int stream = 11; stream < 18; stream++) {
                receive(source, new Batch(stream(stream), record, 0, false, List.of(each)));
            }
        }
    }

    void publish(int records, int bytes) {
        for (int i = 0; i < records; i++) {
            publish(bytes);
        }
    }

    long publish(int bytes) {
        return publish(bytes, Input.Backpressure.IGNORE, null);
    }

    long publish(int bytes, Input.Backpressure policy, Input.@Nullable Acknowledgements acknowledgements) {
        long ticket = ++tickets;
        give(new Input.Publish(ticket, new EncodedRecord(Bytes.wrap(new byte[bytes])), policy, acknowledgements));
        return ticket;
    }

    void advance(Duration duration) {
        long until = now + duration.toNanos();
        while (timerAt <= until) {
            now = Math.max(now, timerAt);
            timerAt = Long.MAX_VALUE;
            give(new Input.Timer());
        }
        now = until;
    }

    /** The timer comes so late that everything is due at once. */
    void oversleep(Duration duration) {
        now += duration.toNanos();
        timerAt = Long.MAX_VALUE;
        give(new Input.Timer());
    }

    void millis(long millis) {
        advance(Duration.ofMillis(millis));
    }

    void seconds(long seconds) {
        advance(Duration.ofSeconds(seconds));
    }

    void give(Input input) {
        carryOut(protocol.handle(input, now));
    }

    /** What has been said on the link so far; forgotten by being asked for. */
    List<Message> said(LinkId link) {
        List<Message> said = new ArrayList<>();
        for (Output.Send send : outputs(Output.Send.class)) {
            if (send.link().equals(link)) {
                said.addAll(send.frame().messages());
            }
        }
        outputs.removeIf(each -> each instanceof Output.Send send && send.link().equals(link));
        return said;
    }

    <T extends Message> List<T> said(LinkId link, Class<T> kind) {
        return said(link).stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** The Batches with records among it. */
    List<Batch> brought(LinkId link) {
        return said(link, Batch.class).stream()
                .filter(batch -> !batch.records().isEmpty())
                .toList();
    }

    /** The highest record among it; 0 if there is none. */
    long lastBrought(LinkId link) {
        return brought(link).stream().mapToLong(Batch::last).max().orElse(0);
    }

    void leave() {
        give(new Input.Leave());
    }

    boolean hasLeft() {
        return !outputs(Output.Left.class).isEmpty();
    }

    /** Nothing more is sent on the link until it is unstuck. */
    void fill(LinkId link) {
        stick(link);
        receive(link, new Message.Ping(1));
        receive(link, new Message.Ping(2));
    }

    <T extends Output> List<T> outputs(Class<T> kind) {
        return outputs.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    List<Long> delivered(StreamId stream) {
        return outputs(Output.Deliver.class).stream()
                .filter(each -> each.stream().equals(stream))
                .flatMap(each ->
                        LongStream.rangeClosed(each.first(), each.last()).boxed())
                .toList();
    }

    void forgetOutputs() {
        outputs.clear();
    }

    private void carryOut(List<Output> todo) {
        outputs.addAll(todo);
        for (Output output : todo) {
            if (output instanceof Output.SetTimer timer) {
                timerAt = timer.atNanos();
            }
            if (output instanceof Output.Send send && !stuck.contains(send.link())) {
                give(new Input.Writable(send.link()));
            }
        }
    }
}
