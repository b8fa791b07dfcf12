package dev.wsmesh.protocol;

import dev.wsmesh.protocol.Alarms.Alarm;
import dev.wsmesh.protocol.Link.Role;
import dev.wsmesh.protocol.Message.ForwardJoin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who is linked with whom, as in HyParView (Leitao, Pereira, Rodrigues, DSN 2007), with one departure from which the others
 * follow: a node is in the active view if and only if a link with it is up and admitted, so that both ends agree.
 *
 * <table>
 * <caption>The role of a link at its dialler</caption>
 * <tr><th>intent</th><th>at first</th><th>then</th></tr>
 * <tr><td>JOIN, HIGH</td><td>NEIGHBOUR</td><td></td></tr>
 * <tr><td>LOW</td><td>CANDIDATE</td><td>NEIGHBOUR by NeighborReply; gone by Disconnect</td></tr>
 * <tr><td>PROBE</td><td>PROBE</td><td>gone if both are in the same mesh, else Join is said: JOINING, and NEIGHBOUR by NeighborReply</td></tr>
 * </table>
 *
 * <p>At the acceptor a link is a NEIGHBOUR from the beginning unless it is refused; but a PROBE becomes one by Join.
 */
final class Overlay {
    /** How a link ended. */
    private enum End {
        /** We wanted it to. */
        OURS,
        /** The peer wanted it to: it goes, or has no room any more. */
        POLITE,
        LOST
    }

    private final Context context;
    private final Links links;
    private final Broadcast broadcast;
    final Neighbours neighbours;
    final PassiveView passive;
    final Bootstrap bootstrap;
    final Dialling dialling;
    private final BriefLinks briefLinks;
    private final Shuffles shuffles;
    private final Probes probes;

    Overlay(Context context, Links links, Broadcast broadcast, EncodedRecord beacon, Predicate<Address> mayDial) {
        this.context = context;
        this.links = links;
        this.broadcast = broadcast;
        this.neighbours = new Neighbours(context, links);
        this.passive = new PassiveView(context, mayDial);
        this.bootstrap = new Bootstrap(context);
        this.dialling = new Dialling(context, links, neighbours, passive, bootstrap, broadcast.streams);
        this.briefLinks = new BriefLinks(context);
        this.shuffles = new Shuffles(context, links, neighbours, passive);
        this.probes = new Probes(
                context,
                links,
                broadcast,
                beacon,
                new Probes.Outcome(probe -> part(probe, CloseCode.NORMAL, null), this::join));
    }

    void onLinkUp(Input.LinkUp up) {
        Link link = new Link(up, roleOf(up), context.now);
        links.add(link);
        dialling.onLinkUp(link);
        if (context.leaving || link.peer().equals(context.settings.self())) {
            part(link, context.leaving ? CloseCode.GOING_AWAY : CloseCode.SELF, null);
            return;
        }
        if (!keepOne(link)) {
            return;
        }
        if (up.intent() == Intent.PROBE && !link.dialledByUs()) {
            probes.onProbed();
        }
        broadcast.onLinkUp(link);
        switch (link.role) {
            case PROBE -> {}
            case CANDIDATE -> links.say(link, new Message.Neighbor(false, context.settings.contact()));
            case NEIGHBOUR -> admit(link, up.intent());
            case JOINING -> throw new IllegalStateException("no link begins with a Join");
        }
    }

    void onLinkDown(Link link, CloseCode code) {
        boolean open = link.phase == Link.Phase.OPEN;
        boolean wasNeighbour = link.isNeighbour();
        links.remove(link);
        if (open) {
            boolean politely = link.isLeaving() || code == CloseCode.GOING_AWAY;
            onGone(link, wasNeighbour, politely ? End.POLITE : End.LOST, code);
        }
    }

    void onMessage(Link link, Message.Membership message) {
        switch (message) {
            case Message.Join join -> onJoin(link, join);
            case ForwardJoin forward -> onForwardJoin(link, forward);
            case Message.Neighbor neighbor -> introduce(link, neighbor.sender(), List.of());
            case Message.NeighborReply reply -> onNeighborReply(link, reply);
            case Message.Disconnect disconnect -> onDisconnect(link, disconnect);
            case Message.Shuffle shuffle -> shuffles.onShuffle(link, shuffle);
            case Message.ShuffleReply reply -> shuffles.onReply(link, reply);
        }
        dialling.wantNeighbours();
    }

    /** The peer has told us everything that it holds. */
    void onDigest(Link link) {
        probes.onDigest(link);
    }

    void onAlarms() {
        dialling.onAlarms();
        probes.onAlarms();
        context.alarms.ifDue(Alarm.SHUFFLE, context.now, shuffles::onAlarm);
        context.alarms.ifDue(Alarm.LIVENESS, context.now, () -> {
            links.onLivenessAlarm(link -> part(link, CloseCode.UNRESPONSIVE, null));
            endForgotten();
        });
    }

    /** Ends the link from our side; for everybody but the caller of the core it is gone from here on. */
    void part(Link link, CloseCode code, Message.@Nullable Disconnect goodbye) {
        part(link, code, goodbye, code == CloseCode.UNRESPONSIVE ? End.LOST : End.OURS);
    }

    private void part(Link link, CloseCode code, Message.@Nullable Disconnect goodbye, End end) {
        boolean wasNeighbour = link.isNeighbour();
        boolean open = link.phase == Link.Phase.OPEN;
        links.dismiss(link, code, goodbye);
        if (open) {
            onGone(link, wasNeighbour, end, code);
        }
    }

    /** Probes are ended by their diallers, and leavers close; unless they forget. */
    private void endForgotten() {
        long latest = context.now
                - context.settings.membership().dialling().backoffLimit().toNanos();
        for (Link link : List.copyOf(links.all())) {
            boolean probe = link.role != Role.NEIGHBOUR && link.upAt < latest;
            if (link.phase == Link.Phase.OPEN && (probe || link.leavingSince < latest)) {
                part(link, CloseCode.NORMAL, null);
            }
        }
    }

    private static Role roleOf(Input.LinkUp up) {
        return switch (up.intent()) {
            case PROBE -> Role.PROBE;
            case LOW -> up.dialled() != null ? Role.CANDIDATE : Role.NEIGHBOUR;
            case JOIN, HIGH -> Role.NEIGHBOUR;
        };
    }

    /** Applies the rule for duplicate links; whether the new one stays. */
    private boolean keepOne(Link newer) {
        boolean arbiter = DuplicateLinks.isArbiter(context.settings.self(), newer.peer());
        List<Link> others = new ArrayList<>(links.all());
        others.removeIf(each -> each.phase != Link.Phase.OPEN
                || each.id.equals(newer.id)
                || !each.peer().equals(newer.peer()));
        for (Link older : others) {
            context.count(Counter.LINKS_DUPLICATE);
            if (others.size() > 1) {
                // Two may cross; whoever has lost so many and says nothing about it gets only the newest.
                part(older, CloseCode.DUPLICATE_LINK, null);
                continue;
            }
            switch (DuplicateLinks.judge(arbiter, older, newer)) {
                case CLOSE_OLDER -> part(older, CloseCode.DUPLICATE_LINK, null);
                case CLOSE_NEWER -> {
                    part(newer, CloseCode.DUPLICATE_LINK, null);
                    return false;
                }
                case KEEP_BOTH -> {}
            }
        }
        return true;
    }

    private void admit(Link link, Intent intent) {
        boolean refuse = intent == Intent.LOW && neighbours.isTooFullFor(link);
        if (refuse) {
            context.count(Counter.LINKS_REFUSED);
            part(link, CloseCode.FULL, goodbye(link));
            return;
        }
        enter(link);
        if (link.dialledByUs()) {
            Contact self = context.settings.contact();
            boolean join = intent == Intent.JOIN;
            links.say(link, join ? new Message.Join(self) : new Message.Neighbor(intent == Intent.HIGH, self));
            if (join) {
                shuffles.start(link);
            }
        }
        makeRoomFor(link);
    }

    private void enter(Link link) {
        passive.remove(link.peer());
        if (context.listeningSince == Alarms.NEVER) {
            context.listeningSince = context.now;
        }
        if (link.isReady()) {
            broadcast.openStreams(link);
        }
    }

    /** A neighbour goes with all its links: with the rule for two of them still undecided, there may be a second one. */
    private void makeRoomFor(Link link) {
        if (!neighbours.isTooFullFor(link)) {
            return;
        }
        Link victim = neighbours.victim(link);
        if (victim == null) {
            return;
        }
        context.count(Counter.LINKS_EVICTED);
        for (Link each : List.copyOf(links.all())) {
            boolean doomed = each.phase == Link.Phase.OPEN && each.peer().equals(victim.peer());
            if (doomed) {
                part(each, CloseCode.FULL, goodbye(each));
            }
        }
    }

    private Message.Disconnect goodbye(Link link) {
        return new Message.Disconnect(contactsFor(link));
    }

    private List<Contact> contactsFor(Link link) {
        List<Contact> contacts = neighbours.contacts(link);
        contacts.addAll(passive.sample(context.settings.membership().shufflePassive()));
        return upToBound(contacts);
    }

    /** One less than a message may hold: who sends it names itself, too. */
    private List<Contact> upToBound(List<Contact> contacts) {
        int most = context.settings.limits().contactsPerMessage() - 1;
        return contacts.subList(0, Math.min(most, contacts.size()));
    }

    /** A probe has found another mesh: we join it. Until it answers it may not know, and hear nothing of what is published. */
    private void join(Link probe) {
        probe.role = Role.JOINING;
        links.say(probe, new Message.Join(context.settings.contact()));
        shuffles.start(probe);
    }

    private void onJoin(Link link, Message.Join join) {
        if (link.role == Role.PROBE && !link.dialledByUs()) {
            link.role = Role.NEIGHBOUR;
            admit(link, Intent.JOIN);
        }
        introduce(link, join.sender(), contactsFor(link));
        if (link.joined) {
            return;
        }
        link.joined = true;
        for (Link other : neighbours.allBut(link)) {
            links.say(
                    other,
                    new ForwardJoin(link.contact, context.settings.membership().activeWalk()));
        }
    }

    private void introduce(Link link, Contact sender, List<Contact> contacts) {
        introduced(link, sender);
        links.say(link, new Message.NeighborReply(context.settings.contact(), contacts));
    }

    /** Only about itself may a peer be believed; who names no address is where the caller saw it. */
    private void introduced(Link link, Contact sender) {
        if (!sender.id().equals(link.peer())) {
            context.count(Counter.IGNORED_MESSAGES);
        } else if (sender.address() != null) {
            link.contact = sender;
            if (link.isNeighbour()) {
                makeRoomFor(link);
            }
        }
    }

    private void onNeighborReply(Link link, Message.NeighborReply reply) {
        if (!link.dialledByUs() || link.answered) {
            context.count(Counter.IGNORED_MESSAGES);
            return;
        }
        link.answered = true;
        introduced(link, reply.sender());
        learn(reply.contacts());
        if (!link.isAsked()) {
            return;
        }
        if (link.role == Role.CANDIDATE) {
            dialling.onAdmitted();
            if (!neighbours.hasRoom()) {
                part(link, CloseCode.FULL, goodbye(link));
                return;
            }
        }
        link.role = Role.NEIGHBOUR;
        enter(link);
        makeRoomFor(link);
    }

    private void onForwardJoin(Link from, ForwardJoin forward) {
        Contact joiner = forward.joiner();
        if (joiner.id().equals(context.settings.self()) || neighbours.contains(joiner.id())) {
            return;
        }
        List<Link> others = neighbours.allBut(from);
        int left = Math.min(forward.timeToLive(), context.settings.membership().activeWalk()) - 1;
        if (left <= 0 || others.isEmpty()) {
            dialling.dialJoiner(joiner);
            return;
        }
        if (left == context.settings.membership().passiveWalk()) {
            passive.add(joiner);
        }
        links.say(context.pick(others), new ForwardJoin(joiner, left));
    }

    private void onDisconnect(Link link, Message.Disconnect disconnect) {
        learn(disconnect.contacts());
        Bootstrap.Peer peer = bootstrap.find(link.dialled);
        if (peer != null) {
            peer.full = true;
        }
        if (link.role == Role.CANDIDATE) {
            dialling.onRefused();
        }
        part(link, CloseCode.NORMAL, null, link.isNeighbour() ? End.POLITE : End.OURS);
    }

    private void learn(List<Contact> contacts) {
        for (Contact contact : upToBound(contacts)) {
            if (!neighbours.contains(contact.id())) {
                passive.add(contact);
            }
        }
    }

    private void onGone(Link link, boolean wasNeighbour, End end, CloseCode code) {
        broadcast.onLinkGone(link);
        shuffles.onLinkGone(link);
        if (wasNeighbour && link.digestReceived && !link.isLeaving()) {
            context.emit(new Output.NeighbourDown(link.id));
        }
        Duration backoffLimit = context.settings.membership().dialling().backoffLimit();
        int brief = end == End.OURS || neighbours.contains(link.peer()) ? 0 : briefLinks.onEnd(link);
        // Who stands alone minds no politeness; but links that end again and again have it wait as if they had been
        // lost.
        boolean minded = end != End.LOST && (brief < 2 || neighbours.counted() > 0);
        Duration pause = minded ? backoffLimit : briefLinks.pause(brief, code);
        if (!neighbours.contains(link.peer())) {
            long notBefore = pause.isZero() ? context.now : context.inAbout(pause);
            passive.addResting(link.contact, notBefore, briefLinks.failures(brief, code), code);
        }
        // Links that end again and again make it stand alone again and again: that is no news, and no reason to hurry.
        if (wasNeighbour && neighbours.all().isEmpty() && brief < 2) {
            bootstrap.peers().forEach(bootstrap::retrySoon);
        }
        if (end == End.LOST && !neighbours.contains(link.peer())) {
            bootstrap.onLost(link.peer());
        }
        Bootstrap.Peer peer = bootstrap.find(link.dialled);
        if (peer != null && !minded) {
            bootstrap.onBroken(peer, code, pause);
        }
        dialling.wantNeighbours();
    }
}
