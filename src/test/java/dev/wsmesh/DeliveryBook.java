package dev.wsmesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.node.Gap;
import dev.wsmesh.node.Mesh;
import dev.wsmesh.node.Message;
import dev.wsmesh.node.MessageListener;
import dev.wsmesh.node.PublishReceipt;
import dev.wsmesh.node.SubscribeOptions;
import dev.wsmesh.node.Subscription;
import dev.wsmesh.node.SubscriptionLimits;
import dev.wsmesh.protocol.StreamId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Everything that one subscription was given, and whether it keeps the promise: once, in order, or within one gap. */
final class DeliveryBook implements MessageListener {

    private final Map<StreamId, TreeMap<Long, String>> delivered = new LinkedHashMap<>();
    private final Map<StreamId, Long> heads = new LinkedHashMap<>();
    private final List<Gap> gaps = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();

    /** Opens a book of one topic, with a queue that never overflows. */
    static DeliveryBook of(Mesh mesh, String pattern) {
        DeliveryBook book = new DeliveryBook();
        Subscription _ =
                mesh.subscribe(SubscribeOptions.to(pattern).within(new SubscriptionLimits(1_000_000, 1L << 30)), book);
        return book;
    }

    @Override
    public synchronized void onMessage(Message message) {
        StreamId stream = message.position().stream();
        long sequence = message.position().sequence();
        advance(stream, sequence, sequence);
        delivered.computeIfAbsent(stream, _ -> new TreeMap<>()).put(sequence, message.text());
    }

    @Override
    public synchronized void onGap(Gap gap) {
        advance(gap.stream(), gap.from(), gap.to());
        gaps.add(gap);
    }

    private void advance(StreamId stream, long from, long to) {
        long head = heads.getOrDefault(stream, 0L);
        if (from <= head) {
            faults.add(stream + ": " + from + " after " + head);
        }
        heads.merge(stream, to, Math::max);
    }

    synchronized boolean has(PublishReceipt receipt) {
        return heads.getOrDefault(receipt.position().stream(), 0L)
                >= receipt.position().sequence();
    }

    synchronized int size() {
        return delivered.values().stream().mapToInt(TreeMap::size).sum();
    }

    synchronized List<Gap> gaps() {
        return List.copyOf(gaps);
    }

    /** All of these, each once, in order, and no gap in their streams. */
    synchronized void assertHolds(Map<PublishReceipt, String> published) {
        assertThat(faults).as("duplicates and out of order").isEmpty();
        Set<StreamId> streams = published.keySet().stream()
                .map(receipt -> receipt.position().stream())
                .collect(Collectors.toSet());
        assertThat(gaps).noneMatch(gap -> streams.contains(gap.stream()));
        published.forEach((receipt, text) -> assertThat(delivered)
                .as("%s", receipt.position())
                .hasEntrySatisfying(
                        receipt.position().stream(),
                        texts -> assertThat(texts)
                                .containsEntry(receipt.position().sequence(), text)));
    }

    synchronized void assertInOrder() {
        assertThat(faults).as("duplicates and out of order").isEmpty();
    }
}
