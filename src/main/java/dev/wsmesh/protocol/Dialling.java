package dev.wsmesh.protocol;

import dev.wsmesh.protocol.Alarms.Alarm;
import dev.wsmesh.protocol.Settings.Membership;
import java.util.HashSet;
import java.util.Set;

/**
 * Whom a node dials, and when: configured peers that are not reached, and candidates while the active view has room.
 *
 * <p>A node with few neighbours dials at once, and has to be admitted. One that merely has a place free asks for a
 * favour: after each refusal it waits twice as long, because in a large mesh all views may be full, and whoever is refused is
 * given new candidates to try each time. The paper's nodes know no such pause: their rounds are it.
 */
final class Dialling {
    private final Context context;
    private final Links links;
    private final Neighbours neighbours;
    private final PassiveView passive;
    private final Bootstrap bootstrap;
    private final Streams streams;
    private final Set<Address> dials = new HashSet<>();

    private long favourPause;
    private long noFavourBefore;

    Dialling(
            Context context,
            Links links,
            Neighbours neighbours,
            PassiveView passive,
            Bootstrap bootstrap,
            Streams streams) {
        this.context = context;
        this.links = links;
        this.neighbours = neighbours;
        this.passive = passive;
        this.bootstrap = bootstrap;
        this.streams = streams;
    }

    void onAlarms() {
        context.alarms.ifDue(Alarm.FILL, context.now, this::fill);
        context.alarms.ifDue(Alarm.BOOTSTRAP, context.now, this::dialBootstrap);
    }

    /** A dial became a link. */
    void onLinkUp(Link link) {
        Address address = link.dialled;
        if (address == null) {
            return;
        }
        dials.remove(address);
        Bootstrap.Peer peer = bootstrap.find(address);
        if (peer != null) {
            bootstrap.onLinkUp(peer, link.peer());
        }
        link.sticky = peer != null && neighbours.mayStick();
        passive.remove(link.peer());
        passive.onAnswered(address);
    }

    void onFailed(Input.DialFailed failed) {
        dials.remove(failed.address());
        context.count(Counter.DIALS_FAILED);
        Bootstrap.Peer peer = bootstrap.find(failed.address());
        if (peer != null) {
            bootstrap.onFailure(peer, failed.code());
        }
        passive.onFailure(failed.address(), failed.code());
        wantNeighbours();
    }

    /** A candidate has no room for us. */
    void onRefused() {
        Membership settings = context.settings.membership();
        long longest = settings.dialling().backoffLimit().toNanos();
        favourPause = Math.clamp(favourPause * 2, settings.dialling().backoff().toNanos(), longest);
        noFavourBefore = context.now + favourPause / 2 + context.random.nextLong(favourPause);
    }

    /** A candidate has admitted us. */
    void onAdmitted() {
        favourPause = 0;
        noFavourBefore = context.now;
    }

    /** The end of a joiner's walk: the joiner gets a neighbour far from its contact. */
    void dialJoiner(Contact joiner) {
        Address address = joiner.address();
        passive.add(joiner);
        boolean free = dials.size() < context.settings.membership().dialling().most();
        if (address != null
                && free
                && passive.contains(joiner.id())
                && !passive.isTurnedAway(joiner)
                && !bootstrap.isTurnedAway(address)
                && context.settings.membership().fill()) {
            dial(address, neighbours.hasRoom() ? Intent.LOW : Intent.HIGH);
        }
    }

    void wantNeighbours() {
        if (!context.leaving && neighbours.hasRoom()) {
            context.alarms.setNoLaterThan(
                    Alarm.FILL,
                    context.inAbout(
                            context.settings.membership().dialling().backoff().dividedBy(50)));
        }
    }

    private void fill() {
        if (context.leaving || !context.settings.membership().fill()) {
            return;
        }
        boolean inNeed = isInNeed();
        if (!inNeed && noFavourBefore > context.now) {
            context.alarms.setNoLaterThan(Alarm.FILL, noFavourBefore);
            return;
        }
        boolean alone = neighbours.counted() == 0;
        int room = context.settings.membership().activeView() - neighbours.countedOrAsked() - dials.size();
        int free = context.settings.membership().dialling().most() - dials.size();
        for (int i = 0; i < Math.min(room, free); i++) {
            PassiveView.Candidate candidate = passive.choose(alone, this::mayBeDialled);
            if (candidate == null) {
                context.alarms.setNoLaterThan(Alarm.FILL, passive.nextReadyAt());
                return;
            }
            dial(candidate.address, inNeed ? Intent.HIGH : Intent.LOW);
        }
    }

    private boolean mayBeDialled(PassiveView.Candidate each) {
        return !dials.contains(each.address)
                && !links.isLinkedWith(each.id)
                && !links.isLinkedAt(each.address)
                && !bootstrap.isTurnedAway(each.address);
    }

    /** With fewer than half the neighbours wanted, others have to make room; the paper waits until there are none. */
    private boolean isInNeed() {
        return neighbours.counted() * 2 < context.settings.membership().activeView();
    }

    private void dialBootstrap() {
        if (context.leaving) {
            return;
        }
        for (Bootstrap.Peer peer : bootstrap.due(this::isSettled)) {
            if (dials.contains(peer.address)) {
                bootstrap.retrySoon(peer);
                continue;
            }
            peer.dialling = true;
            dial(peer.address, intentFor(peer));
        }
    }

    View.Reach reach(Bootstrap.Peer peer) {
        if (peer.self) {
            return View.Reach.SELF;
        }
        if (peer.id == null) {
            return peer.failures == 0 ? View.Reach.NOT_TRIED : View.Reach.UNREACHABLE;
        }
        if (neighbours.contains(peer.id)) {
            return View.Reach.LINKED;
        }
        return isReached(peer) ? View.Reach.REACHED : View.Reach.UNREACHABLE;
    }

    /** Whether it need not be dialled. Who does not fill its view keeps to the configured links, whatever else leads there. */
    private boolean isSettled(Bootstrap.Peer peer) {
        return context.settings.membership().fill() ? isReached(peer) : peer.id != null && neighbours.contains(peer.id);
    }

    /** What came lately shows nothing once there is nobody left through whom it could come. */
    private boolean isReached(Bootstrap.Peer peer) {
        NodeId id = peer.id;
        if (id == null || neighbours.all().isEmpty()) {
            return false;
        }
        long evidence =
                context.now - context.settings.membership().evidenceAge().toNanos();
        return neighbours.contains(id) || streams.advancedSince(id, Math.max(evidence, peer.lostAt));
    }

    private Intent intentFor(Bootstrap.Peer peer) {
        if (neighbours.all().isEmpty()) {
            return Intent.JOIN;
        }
        if (!context.settings.membership().fill()) {
            return Intent.HIGH;
        }
        return neighbours.hasRoom() && neighbours.mayStick() && !peer.full ? Intent.LOW : Intent.PROBE;
    }

    private void dial(Address address, Intent intent) {
        if (context.leaving || !dials.add(address)) {
            return;
        }
        context.count(Counter.DIALS);
        context.emit(new Output.Dial(address, intent));
    }
}
