package dev.wsmesh.protocol;

import dev.wsmesh.protocol.StreamLink.Asking;
import dev.wsmesh.protocol.View.BootstrapView;
import dev.wsmesh.protocol.View.LinkView;
import dev.wsmesh.protocol.View.StreamLinkView;
import dev.wsmesh.protocol.View.StreamView;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Draws the {@link View} of a node. */
final class Views {
    private Views() {}

    static View of(Context context, Links links, Broadcast broadcast, Overlay overlay) {
        return new View(
                context.ownStream,
                context.listeningSince != Alarms.NEVER,
                context.leaving,
                links.all().stream().map(Views::link).toList(),
                overlay.passive.all().stream()
                        .map(PassiveView.Candidate::contact)
                        .toList(),
                overlay.bootstrap.peers().stream()
                        .map(each -> new BootstrapView(each.address, each.id, each.failures))
                        .toList(),
                broadcast.streams.all().stream().map(Views::stream).toList(),
                broadcast.log.bytes(),
                broadcast.window.records(),
                broadcast.window.bytes(),
                broadcast.streams.forgottenCount(),
                counters(context));
    }

    private static LinkView link(Link link) {
        return new LinkView(
                link.id,
                link.isNeighbour(),
                link.dialledByUs(),
                link.sticky,
                link.isReady(),
                link.leaving,
                link.laggard,
                link.roundTripNanos,
                link.control.size(),
                link.contact);
    }

    private static StreamView stream(Stream stream) {
        StreamLink parent = stream.parent;
        List<StreamLinkView> onLinks =
                stream.links.stream().map(Views::streamLink).toList();
        return new StreamView(
                stream.id,
                stream.started,
                stream.closed,
                stream.log.base(),
                stream.next(),
                stream.delivered,
                stream.highestKnown,
                stream.log.bytes(),
                stream.window.size(),
                parent == null ? null : parent.link.id,
                onLinks);
    }

    private static StreamLinkView streamLink(StreamLink each) {
        return new StreamLinkView(
                each.link.id,
                each.push,
                each.cursor,
                each.asking == Asking.ASKED,
                each.arriving,
                each.theirs,
                each.isOwed() ? each.stream.log.bytesFrom(each.cursor) : 0);
    }

    private static Map<Counter, Long> counters(Context context) {
        Map<Counter, Long> counters = new EnumMap<>(Counter.class);
        for (Counter counter : Counter.values()) {
            counters.put(counter, context.counted(counter));
        }
        return Collections.unmodifiableMap(counters);
    }
}
