package dev.wsmesh.protocol;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A node of the mesh without its sockets, its clock and its dice: a function of its state, an input and the time.
 *
 * <p>The contract for the caller:
 *
 * <ul>
 *   <li>Nobody enters twice at once. Each call returns what is to be done; carry it out in that order, before the outputs of
 *       any later call. Nothing here blocks, and nothing calls back.
 *   <li>{@code nowNanos} is monotonic, not negative, and never less than in the call before. Wall time plays no part.
 *   <li>Call {@link #start} once, first. Then keep one timer: {@link Output.SetTimer} replaces its time; when it comes, give
 *       {@link Input.Timer}. A Timer that comes late or twice does no harm; one that never comes stops the node's repairs.
 *   <li>A Timer may throw what a defect of the core has thrown, once everything else that was due has had its turn. What is to be
 *       done comes with the next call then, and so does the next SetTimer: give another Timer soon.
 *   <li>Every {@link Output.Dial} ends in exactly one {@link Input.LinkUp} with its address or one
 *       {@link Input.DialFailed}, within a time that the caller bounds.
 *   <li>Every LinkUp is followed by exactly one {@link Input.LinkDown} of the same generation, also after
 *       {@link Output.Close}. Generations are never used twice: a LinkUp of a link that is up already throws an
 *       {@link IllegalStateException} and changes nothing. Frames of one link arrive in the order in which they were
 *       sent, or not at all, and none after its LinkDown; those of a link that the core has closed are ignored.
 *   <li>Each {@link Input.Writable} allows one {@link Output.Send}: give up to two per link after its LinkUp, and then one for
 *       each frame that is gone. What is not sent yet is not queued here either: it is read from the log when the link takes
 *       it.
 *   <li>The core bounds neighbours, and that by closing links: who dials with JOIN or HIGH is admitted first. Probes, links
 *       that say goodbye and the second one of two that crossed come on top, and so do neighbours that are kept whatever the
 *       bound. How many links may come up, and how fast, is for the caller to bound.
 *   <li>Frames are valid when they come in: whoever decodes them enforces the {@link Limits}. A handshake message in a frame
 *       is a violation that closes the link.
 * </ul>
 */
public final class Protocol {
    private final Context context;
    private final Links links;
    private final Broadcast broadcast;
    private final Overlay overlay;
    private final Leaving leaving;
    private long timerAt = Alarms.NEVER;

    /**
     * A node that has not begun.
     *
     * @param epoch of this run: higher than that of every run before
     * @param beacon what the node publishes by itself where somebody asks whether it is in the same mesh
     * @param mayDial the policy on addresses learned from others
     */
    public Protocol(
            Settings settings,
            long epoch,
            EncodedRecord beacon,
            Predicate<Address> mayDial,
            RandomGenerator random,
            long nowNanos) {
        this.context = new Context(settings, random, epoch, nowNanos);
        this.links = new Links(context);
        this.broadcast = new Broadcast(context, links);
        this.overlay = new Overlay(context, links, broadcast, beacon, mayDial);
        this.leaving = new Leaving(context, links, broadcast, overlay);
    }

    /** The first outputs: the timer, with which the dialling begins. */
    public List<Output> start(long nowNanos) {
        context.now = nowNanos;
        return finish();
    }

    public List<Output> handle(Input input, long nowNanos) {
        if (nowNanos < context.now) {
            throw new IllegalArgumentException("time runs backwards: " + nowNanos + " after " + context.now);
        }
        context.now = nowNanos;
        broadcast.publisher.onInput(input instanceof Input.Publish);
        switch (input) {
            case Input.LinkUp up -> overlay.onLinkUp(up);
            case Input.LinkDown down -> onLinkDown(down);
            case Input.DialFailed failed -> overlay.dialling.onFailed(failed);
            case Input.Received received -> onReceived(received);
            case Input.Heard heard -> findHeard(heard.link());
            case Input.Writable writable -> onWritable(writable);
            case Input.Timer _ -> onTimer();
            case Input.Publish publish -> onPublish(publish);
            case Input.Bootstrap peers -> overlay.bootstrap.follow(peers.addresses());
            case Input.Leave _ -> leaving.begin();
        }
        return finish();
    }

    public View view() {
        return Views.of(context, links, broadcast, overlay, true);
    }

    /** The view without the links of each stream, which are most of it: thousands of streams take milliseconds. */
    public View outline() {
        return Views.of(context, links, broadcast, overlay, false);
    }

    /** The part of the view that is about the configured peers, and costs little. */
    public List<View.BootstrapView> bootstrap() {
        return Views.bootstrap(overlay);
    }

    /** How long ago something that this node published came here; none if nothing that is known of it did. */
    public Optional<Duration> silence(NodeId origin) {
        return Views.silence(context, broadcast, origin);
    }

    /** What is retained of each stream and was delivered here. */
    public List<Retained> retained() {
        List<Retained> retained = new ArrayList<>(broadcast.streams.all().size());
        for (Stream stream : broadcast.streams.all()) {
            retained.add(new Retained(stream));
        }
        return retained;
    }

    /** How often since the start. */
    public long counted(Counter counter) {
        return context.counted(counter);
    }

    private List<Output> finish() {
        takeEpochIfNeeded();
        broadcast.settle();
        links.pump();
        leaving.settle();
        long earliest = context.alarms.earliest();
        if (earliest != timerAt && earliest != Alarms.NEVER) {
            timerAt = earliest;
            context.emit(new Output.SetTimer(earliest));
        }
        return context.takeOutputs();
    }

    private void onTimer() {
        timerAt = Alarms.NEVER;
        broadcast.onAlarms();
        overlay.onAlarms();
        context.alarms.ifDue(Alarms.Alarm.DRAINING, context.now, links::onDrainingAlarm);
        context.alarms.rethrow();
    }

    private void onLinkDown(Input.LinkDown down) {
        Link link = links.find(down.link());
        if (link == null) {
            context.count(Counter.STALE_INPUTS);
        } else {
            overlay.onLinkDown(link, down.code());
        }
    }

    private void onWritable(Input.Writable writable) {
        Link link = links.find(writable.link());
        if (link == null) {
            context.count(Counter.STALE_INPUTS);
        } else {
            link.credits++;
            links.touch(link);
        }
    }

    private void onReceived(Input.Received received) {
        Link link = findHeard(received.link());
        if (link == null) {
            context.count(Counter.STALE_FRAMES);
            return;
        }
        link.onWhole();
        for (Message message : received.frame().messages()) {
            if (link.phase != Link.Phase.OPEN) {
                return;
            }
            onMessage(link, message);
        }
    }

    private void onMessage(Link link, Message message) {
        switch (message) {
            case Message.Broadcast about -> {
                broadcast.onMessage(link, about);
                if (about instanceof Message.DigestComplete) {
                    overlay.onDigest(link);
                }
            }
            case Message.Membership about -> overlay.onMessage(link, about);
            case Message.Ping ping -> links.onPing(link, ping);
            case Message.Pong pong -> links.onPong(link, pong);
            case Message.Handshake _ -> overlay.part(link, CloseCode.MALFORMED, null);
        }
    }

    /** The link, if it is open: what is said by any other is stale and changes nothing. */
    private @Nullable Link findHeard(LinkId id) {
        Link link = links.find(id);
        if (link == null || link.phase != Link.Phase.OPEN) {
            context.count(Counter.STALE_INPUTS);
            return null;
        }
        link.onHeard(
                context.now,
                context.settings.broadcasting().repairing().graftTimeout().toNanos());
        return link;
    }

    private void onPublish(Input.Publish publish) {
        if (context.leaving) {
            context.emit(new Output.PublishRefused(publish.ticket(), Output.Refusal.LEAVING));
            return;
        }
        Output.Refusal refusal = broadcast.publisher.refusal(publish);
        if (refusal == null) {
            broadcast.publish(publish);
        } else {
            context.count(Counter.PUBLICATIONS_REFUSED);
            context.emit(new Output.PublishRefused(publish.ticket(), refusal));
        }
    }

    /** Not while it leaves: it publishes nothing more, and new links would take what it hands over with the old ones. */
    private void takeEpochIfNeeded() {
        if (context.ownFuture == 0 || context.leaving) {
            return;
        }
        context.count(Counter.OWN_EPOCHS_MET);
        broadcast.takeEpoch(context.ownFuture == context.ownStream.epoch());
        context.emit(new Output.EpochTaken(context.ownStream.epoch()));
        for (Link link : List.copyOf(links.all())) {
            if (link.phase == Link.Phase.OPEN) {
                overlay.part(link, CloseCode.GOING_AWAY, null);
            }
        }
    }
}
