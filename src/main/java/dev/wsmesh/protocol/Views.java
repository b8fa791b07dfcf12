package dev.wsmesh.protocol;

import dev.wsmesh.protocol.StreamLink.Asking;
import dev.wsmesh.protocol.View.BootstrapView;
import dev.wsmesh.protocol.View.LinkView;
import dev.wsmesh.protocol.View.StreamLinkView;
import dev.wsmesh.protocol.View.StreamView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Draws the {@link View} of a node. */
final class Views {
    private Views() {}

    static View of(Context context, Links links, Broadcast broadcast, Overlay overlay, boolean streamLinks) {
        return new View(
                context.ownStream,
                context.listeningSince != Alarms.NEVER,
                context.leaving,
                each(links.all(), Views::link),
                each(overlay.passive.all(), PassiveView.Candidate::contact),
                bootstrap(overlay),
                each(broadcast.streams.all(), stream -> stream(stream, streamLinks)),
                broadcast.log.bytes(),
                broadcast.window.records(),
                broadcast.window.bytes(),
                broadcast.streams.forgottenCount());
    }

    /** A loop, because the simulator draws a view after every event. */
    private static <S, V> List<V> each(Collection<S> sources, Function<S, V> draw) {
        List<V> views = new ArrayList<>(sources.size());
        for (S source : sources) {
            views.add(draw.apply(source));
        }
        return views;
    }

    static List<BootstrapView> bootstrap(Overlay overlay) {
        return each(
                overlay.bootstrap.peers(),
                peer -> new BootstrapView(peer.address, peer.id, peer.failures, overlay.dialling.reach(peer)));
    }

    static Optional<Duration> silence(Context context, Broadcast broadcast, NodeId origin) {
        long latest = Long.MIN_VALUE;
        for (Stream stream : broadcast.streams.all()) {
            if (stream.id.origin().equals(origin) && stream.log.size() > 0) {
                latest = Math.max(latest, stream.advancedAt);
            }
        }
        return latest == Long.MIN_VALUE ? Optional.empty() : Optional.of(Duration.ofNanos(context.now - latest));
    }

    private static LinkView link(Link link) {
        return new LinkView(
                link.id,
                link.isNeighbour(),
                link.dialledByUs(),
                link.sticky,
                link.isReady(),
                link.isLeaving(),
                link.laggard,
                link.roundTripNanos,
                link.control.size(),
                link.contact);
    }

    private static StreamView stream(Stream stream, boolean links) {
        StreamLink parent = stream.parent;
        return new StreamView(
                stream.id,
                stream.started,
                stream.closed,
                stream.log.base(),
                stream.next(),
                stream.delivered,
                stream.highestKnown,
                stream.log.cost(),
                stream.window.size(),
                parent == null ? null : parent.link.id,
                links ? each(stream.links, Views::streamLink) : List.of());
    }

    private static StreamLinkView streamLink(StreamLink each) {
        return new StreamLinkView(
                each.link.id,
                each.push,
                each.cursor,
                each.asking == Asking.ASKED,
                each.arriving,
                each.theirs,
                each.isOwed() ? each.stream.log.costFrom(each.cursor) : 0);
    }
}
