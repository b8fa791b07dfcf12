package dev.wsmesh.simulation;

import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.MeshRecord;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.Output;
import dev.wsmesh.protocol.StreamId;
import dev.wsmesh.protocol.View;
import dev.wsmesh.protocol.View.StreamView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was published and what each run of each node was told, written down outside the nodes; objects at once. */
final class Ledger implements Observer {
    /** One stream as published. */
    static final class Publication {
        final SimulatedNode origin;
        final int run;
        final List<MeshRecord> records = new ArrayList<>();
        final List<Long> times = new ArrayList<>();

        Publication(SimulatedNode origin) {
            this.origin = origin;
            this.run = origin.run();
        }

        /** The first record published after this time; one more than there are, if none was. */
        long firstAfter(long nanos) {
            long sequence = times.size() + 1L;
            while (sequence > 1 && times.get((int) sequence - 2) > nanos) {
                sequence--;
            }
            return sequence;
        }
    }

    /** What one run of one node was told about one stream: everything from start to at, in order. */
    static final class Told {
        final long start;
        long at;
        /** The last record that was delivered; 0 if none was. */
        private long lastDelivered;
        /** The same of what the node could hand on: it had a neighbour then, or found one while it retained the record. */
        long lastShared;
        /** The last record that is in a gap; 0 if none is. What comes before it the node no longer has. */
        long lastGap;
        /** When the last delivery, or gap, was. */
        long since;
        /** When each record was delivered; a gap leaves a zero. */
        final List<Long> times = new ArrayList<>();

        Told(long start) {
            this.start = start;
            this.at = start - 1;
        }

        private void advance(long now, boolean delivered, boolean linked) {
            at++;
            since = now;
            times.add(delivered ? now : 0L);
            if (delivered) {
                lastDelivered = at;
                lastShared = linked ? at : lastShared;
            } else {
                lastGap = at;
            }
        }

        /** When the record was delivered, or Long.MAX_VALUE if it was not. */
        long deliveredAt(long sequence) {
            if (sequence < start || sequence > at || times.get((int) (sequence - start)) == 0) {
                return Long.MAX_VALUE;
            }
            return times.get((int) (sequence - start));
        }
    }

    /** One run of one node. */
    static final class Run {
        final SimulatedNode node;
        final Map<StreamId, Told> told = new LinkedHashMap<>();
        final Map<NodeId, Long> newestEpochDelivered = new HashMap<>();
        /** When its first neighbour's link came up here, and that link if it was a neighbour's from the beginning. */
        long listeningAt = SimulatedLink.NEVER;

        SimulatedLink.@Nullable End firstLink;

        /** The first record of a stream of which its publisher was told that it is owed to this run. */
        final Map<StreamId, Long> countedFrom = new HashMap<>();

        /** It has a neighbour whose digest it knows. */
        private boolean linked;

        Run(SimulatedNode node) {
            this.node = node;
        }

        /** The node has, or has no longer, a neighbour; what is evicted by then it cannot hand on. */
        void noteLinked(boolean isLinked, View view) {
            if (isLinked && !linked) {
                for (StreamView stream : view.streams()) {
                    Told known = told.get(stream.id());
                    if (known != null && known.lastDelivered >= stream.base()) {
                        known.lastShared = known.lastDelivered;
                    }
                }
            }
            linked = isLinked;
        }

        /**
         * The first record that it must be told of. Everything counts since its first link was up at both ends; and everything that
         * a publisher counted it for.
         */
        long owedFrom(StreamId stream, Publication publication) {
            long otherEnd = firstLink == null ? SimulatedLink.NEVER : firstLink.other().openedAt;
            long since = otherEnd == SimulatedLink.NEVER ? listeningAt : otherEnd;
            return Math.min(publication.firstAfter(since), countedFrom.getOrDefault(stream, Long.MAX_VALUE));
        }

        @Nullable
        Told told(StreamId stream) {
            return told.get(stream);
        }
    }

    final Map<StreamId, Publication> publications = new LinkedHashMap<>();
    private final Map<Integer, Run> runs = new HashMap<>();
    private final Map<Long, MeshRecord> offered = new HashMap<>();
    private final Network network;
    private long deliveries;

    Ledger(Network network) {
        this.network = network;
    }

    long deliveries() {
        return deliveries;
    }

    Run run(SimulatedNode node) {
        Run run = runs.get(node.index);
        if (run == null) {
            throw new IllegalStateException("node " + node.index + " never ran");
        }
        return run;
    }

    /** Whether the node accepts frames that are large enough for the record. */
    boolean fits(SimulatedNode node, StreamId stream, long sequence) {
        Publication publication = publications.get(stream);
        if (publication == null || sequence > publication.records.size()) {
            return true;
        }
        MeshRecord record = publication.records.get((int) sequence - 1);
        return network.records().encode(record).length()
                <= node.settings.limits().recordBytes();
    }

    /** An application is about to publish this under the ticket. */
    void offer(long ticket, MeshRecord record) {
        offered.put(ticket, record);
    }

    @Override
    public void onStarted(SimulatedNode node) {
        runs.put(node.index, new Run(node));
    }

    @Override
    public void onOutput(SimulatedNode node, Output output) {
        switch (output) {
            case Output.Published published -> onPublished(node, published);
            case Output.PublishRefused refused -> offered.remove(refused.ticket());
            case Output.Deliver deliver -> onDeliver(run(node), deliver);
            case Output.Gap gap -> onGap(run(node), gap);
            default -> {}
        }
    }

    private void onPublished(SimulatedNode node, Output.Published published) {
        Publication publication = publications.computeIfAbsent(published.stream(), _ -> new Publication(node));
        boolean beacon = published.ticket() == Output.Published.BEACON;
        MeshRecord record = beacon ? network.records().decode(network.beacon()) : offered.remove(published.ticket());
        publication.records.add(
                Violation.unlessPresent(record, "only what was offered is published", node.index, published));
        publication.times.add(network.now());
        Violation.unless(
                publication.records.size() == published.sequence(), "a stream is published without holes", published);
    }

    private void onDeliver(Run run, Output.Deliver deliver) {
        for (int i = 0; i < deliver.records().size(); i++) {
            onDeliver(run, deliver, deliver.first() + i, deliver.records().get(i));
        }
    }

    private void onDeliver(Run run, Output.Deliver deliver, long sequence, EncodedRecord record) {
        deliveries++;
        checkReal(run, deliver.stream(), sequence, record);
        Told told = run.told.computeIfAbsent(deliver.stream(), _ -> new Told(sequence));
        Violation.unless(sequence > told.at, "no duplicate delivery", run.node.index, deliver, told.at);
        Violation.unless(
                sequence == told.at + 1, "nothing is skipped without its gap", run.node.index, deliver, told.at);
        told.advance(network.now(), true, run.linked);
        long epoch = deliver.stream().epoch();
        long newest = run.newestEpochDelivered.merge(deliver.stream().origin(), epoch, Math::max);
        Violation.unless(epoch == newest, "epochs are delivered in order", run.node.index, deliver, newest);
    }

    private void checkReal(Run run, StreamId stream, long sequence, EncodedRecord record) {
        Publication publication = publications.get(stream);
        boolean real = publication != null && sequence <= publication.records.size();
        Violation.unless(real, "only what was published is delivered", run.node.index, stream, sequence);
        if (publication != null) {
            MeshRecord published = publication.records.get((int) sequence - 1);
            boolean same = published.equals(network.records().decode(record));
            Violation.unless(same, "a record arrives as it was published", run.node.index, stream, sequence);
        }
    }

    private void onGap(Run run, Output.Gap gap) {
        Told told = run.told.computeIfAbsent(gap.stream(), _ -> new Told(gap.from()));
        Violation.unless(
                gap.from() == told.at + 1 && gap.to() >= gap.from(),
                "a gap begins where delivery stopped",
                run.node.index,
                gap,
                told.at);
        while (told.at < gap.to()) {
            told.advance(network.now(), false, run.linked);
        }
    }
}
