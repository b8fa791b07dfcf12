package dev.wsmesh.protocol;

import dev.wsmesh.protocol.Alarms.Alarm;
import dev.wsmesh.protocol.Link.Role;
import dev.wsmesh.protocol.Message.ForwardJoin;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who is linked with whom, as in HyParView (Leitao, Pereira, Rodrigues, DSN 2007), with one departure from which the others
 * follow: a node is in the active view if and only if a link with it is up and admitted, so that both ends agree.
 */
final class Overlay {
    private final Context context;
    private final Links links;
    private final Broadcast broadcast;
    final Neighbours neighbours;
    final PassiveView passive;
    final Bootstrap bootstrap;
    private final Shuffles shuffles;
    private final Map<Address, Intent> dials = new HashMap<>();

    Overlay(Context context, Links links, Broadcast broadcast, Predicate<Address> mayDial) {
        this.context = context;
        this.links = links;
        this.broadcast = broadcast;
        this.neighbours = new Neighbours(context, links);
        this.passive = new PassiveView(context, mayDial);
        this.bootstrap = new Bootstrap(context);
        this.shuffles = new Shuffles(context, links, neighbours, passive);
    }

    void onLinkUp(Input.LinkUp up) {
        NodeId peer = up.link().peer();
        Role role = up.intent() == Intent.PROBE ? Role.PROBE : Role.NEIGHBOUR;
        Link link = new Link(up.link(), up.dialled(), up.peerEpoch(), up.overlapped(), role, context.now);
        links.add(link);
        noteDialled(link);
        if (context.leaving || peer.equals(context.settings.self())) {
            part(link, context.leaving ? CloseCode.GOING_AWAY : CloseCode.SELF, null);
            return;
        }
        if (!keepOne(link)) {
            return;
        }
        broadcast.onLinkUp(link);
        if (role == Role.NEIGHBOUR) {
            admit(link, up.intent());
        }
    }

    void onLinkDown(Link link, CloseCode code) {
        boolean open = link.phase == Link.Phase.OPEN;
        boolean wasNeighbour = link.isNeighbour();
        links.remove(link);
        if (open) {
            onGone(link, wasNeighbour, link.leaving || code == CloseCode.GOING_AWAY);
        }
    }

    void onDialFailed(Input.DialFailed failed) {
        dials.remove(failed.address());
        context.count(Counter.DIALS_FAILED);
        Bootstrap.Peer peer = bootstrap.find(failed.address());
        if (peer != null) {
            bootstrap.onFailure(peer, failed.code());
        }
        passive.onFailure(failed.address());
        wantNeighbours();
    }

    void onMessage(Link link, Message.Membership message) {
        switch (message) {
            case Message.Join join -> onJoin(link, join);
            case ForwardJoin forward -> onForwardJoin(link, forward);
            case Message.Neighbor neighbor -> introduce(link, neighbor.sender());
            case Message.NeighborReply reply -> introduced(link, reply.sender());
            case Message.Disconnect disconnect -> onDisconnect(link, disconnect);
            case Message.Shuffle shuffle -> shuffles.onShuffle(link, shuffle);
            case Message.ShuffleReply reply -> shuffles.onReply(link, reply);
        }
        wantNeighbours();
    }

    void onAlarms() {
        if (context.alarms.take(Alarm.FILL, context.now)) {
            fill();
        }
        if (context.alarms.take(Alarm.BOOTSTRAP, context.now)) {
            dialBootstrap();
        }
        if (context.alarms.take(Alarm.SHUFFLE, context.now)) {
            shuffles.onAlarm();
        }
        if (context.alarms.take(Alarm.LIVENESS, context.now)) {
            links.onLivenessAlarm(link -> part(link, CloseCode.UNRESPONSIVE, null));
        }
    }

    /** A probe that we dialled has shown us its digest: the same mesh, or one to join. */
    void onDigest(Link link) {
        if (link.role != Role.PROBE || !link.dialledByUs() || link.phase != Link.Phase.OPEN) {
            return;
        }
        if (broadcast.streams.sharesFreshRecord(link)) {
            context.count(Counter.PROBES_SAME_MESH);
            part(link, CloseCode.NORMAL, null);
            return;
        }
        context.count(Counter.PROBES_JOINED);
        link.role = Role.NEIGHBOUR;
        admit(link, Intent.JOIN);
        broadcast.openStreams(link);
    }

    /** Ends the link from our side; for everybody but the caller of the core it is gone from here on. */
    void part(Link link, CloseCode code, Message.@Nullable Disconnect goodbye) {
        boolean wasNeighbour = link.isNeighbour();
        boolean open = link.phase == Link.Phase.OPEN;
        links.dismiss(link, code, goodbye);
        if (open) {
            onGone(link, wasNeighbour, code != CloseCode.UNRESPONSIVE);
        }
    }

    private void noteDialled(Link link) {
        Address address = link.dialled;
        if (address == null) {
            return;
        }
        dials.remove(address);
        Bootstrap.Peer peer = bootstrap.find(address);
        if (peer != null) {
            bootstrap.onLinkUp(peer, link.peer());
        }
        link.contact = new Contact(link.peer(), address);
        link.sticky = peer != null && neighbours.mayStick();
        passive.remove(link.peer());
    }

    /** Applies the rule for duplicate links; whether the new one stays. */
    private boolean keepOne(Link newer) {
        boolean arbiter = DuplicateLinks.isArbiter(context.settings.self(), newer.peer());
        for (Link older : List.copyOf(links.all())) {
            boolean other = !older.id.equals(newer.id) && older.peer().equals(newer.peer());
            if (!other || older.phase != Link.Phase.OPEN) {
                continue;
            }
            context.count(Counter.LINKS_DUPLICATE);
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
        boolean refuse = intent == Intent.LOW && neighbours.isTooFull();
        if (refuse) {
            context.count(Counter.LINKS_REFUSED);
            part(link, CloseCode.FULL, goodbye(link));
            return;
        }
        passive.remove(link.peer());
        context.emit(new Output.NeighbourUp(link.id));
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

    private void makeRoomFor(Link link) {
        if (!neighbours.isTooFull()) {
            return;
        }
        Link victim = neighbours.victim(link);
        if (victim != null) {
            context.count(Counter.LINKS_EVICTED);
            part(victim, CloseCode.FULL, goodbye(victim));
        }
    }

    private Message.Disconnect goodbye(Link link) {
        List<Contact> contacts = neighbours.contacts(link);
        contacts.addAll(passive.sample(context.settings.membership().shufflePassive()));
        int most = context.settings.limits().contactsPerMessage();
        return new Message.Disconnect(contacts.subList(0, Math.min(most, contacts.size())));
    }

    private void onJoin(Link link, Message.Join join) {
        if (link.role == Role.PROBE && !link.dialledByUs()) {
            link.role = Role.NEIGHBOUR;
            admit(link, Intent.JOIN);
            if (link.digestReceived) {
                broadcast.openStreams(link);
            }
        }
        introduce(link, join.sender());
        for (Link other : neighbours.allBut(link)) {
            links.say(
                    other,
                    new ForwardJoin(join.sender(), context.settings.membership().activeWalk()));
        }
    }

    private void introduce(Link link, Contact sender) {
        introduced(link, sender);
        links.say(link, new Message.NeighborReply(context.settings.contact()));
    }

    /** Only about itself may a peer be believed. */
    private void introduced(Link link, Contact sender) {
        if (sender.id().equals(link.peer())) {
            link.contact = sender;
        } else {
            context.count(Counter.IGNORED_MESSAGES);
        }
    }

    private void onForwardJoin(Link from, ForwardJoin forward) {
        Contact joiner = forward.joiner();
        if (joiner.id().equals(context.settings.self()) || neighbours.contains(joiner.id())) {
            return;
        }
        List<Link> others = neighbours.allBut(from);
        int left = Math.min(forward.timeToLive(), context.settings.membership().activeWalk()) - 1;
        if (left <= 0 || others.isEmpty()) {
            dialJoiner(joiner);
            return;
        }
        if (left == context.settings.membership().passiveWalk()) {
            passive.add(joiner);
        }
        links.say(context.pick(others), new ForwardJoin(joiner, left));
    }

    /** The end of the walk: the joiner gets a neighbour far from its contact. */
    private void dialJoiner(Contact joiner) {
        Address address = joiner.address();
        passive.add(joiner);
        if (address != null
                && passive.contains(joiner.id())
                && context.settings.membership().fill()) {
            dial(address, neighbours.hasRoom() ? Intent.LOW : Intent.HIGH);
        }
    }

    private void onDisconnect(Link link, Message.Disconnect disconnect) {
        int most = context.settings.limits().contactsPerMessage();
        List<Contact> contacts = disconnect.contacts();
        for (Contact contact : contacts.subList(0, Math.min(most, contacts.size()))) {
            if (!neighbours.contains(contact.id())) {
                passive.add(contact);
            }
        }
        Bootstrap.Peer peer = bootstrap.find(link.dialled);
        if (peer != null) {
            peer.full = true;
        }
        part(link, CloseCode.NORMAL, null);
    }

    private void onGone(Link link, boolean wasNeighbour, boolean politely) {
        broadcast.onLinkGone(link);
        shuffles.onLinkGone(link);
        if (wasNeighbour) {
            context.emit(new Output.NeighbourDown(link.id));
        }
        Contact contact = link.contact;
        if (contact != null && !neighbours.contains(link.peer())) {
            passive.add(
                    contact,
                    politely ? context.inAbout(context.settings.membership().backoffLimit()) : context.now);
        }
        Bootstrap.Peer peer = bootstrap.find(link.dialled);
        if (peer != null && !politely) {
            bootstrap.retrySoon(peer);
        }
        if (wasNeighbour && neighbours.all().isEmpty()) {
            bootstrap.peers().forEach(bootstrap::retrySoon);
        }
        wantNeighbours();
    }

    private void wantNeighbours() {
        if (context.leaving) {
            return;
        }
        if (neighbours.hasRoom()) {
            context.alarms.setNoLaterThan(
                    Alarm.FILL,
                    context.inAbout(context.settings.membership().backoff().dividedBy(50)));
        }
    }

    private void fill() {
        if (context.leaving || !context.settings.membership().fill()) {
            return;
        }
        int room = context.settings.membership().activeView() - neighbours.counted() - dials.size();
        int free = context.settings.membership().dials() - dials.size();
        for (int i = 0; i < Math.min(room, free); i++) {
            PassiveView.Candidate candidate =
                    passive.choose(each -> !dials.containsKey(each.address) && !links.isLinkedWith(each.id));
            if (candidate == null) {
                context.alarms.setNoLaterThan(Alarm.FILL, passive.nextReadyAt());
                return;
            }
            dial(candidate.address, isInNeed() ? Intent.HIGH : Intent.LOW);
        }
    }

    /** With fewer than half the neighbours wanted, others have to make room; the paper waits until there are none. */
    private boolean isInNeed() {
        return neighbours.counted() * 2 < context.settings.membership().activeView();
    }

    private void dialBootstrap() {
        if (context.leaving) {
            return;
        }
        for (Bootstrap.Peer peer : bootstrap.due(this::isReached)) {
            if (dials.containsKey(peer.address)) {
                bootstrap.retrySoon(peer);
                continue;
            }
            peer.dialling = true;
            dial(peer.address, intentFor(peer));
        }
    }

    private boolean isReached(Bootstrap.Peer peer) {
        NodeId id = peer.id;
        return id != null
                && (neighbours.contains(id)
                        || broadcast.streams.advancedWithin(
                                id, context.settings.membership().evidenceAge()));
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
        if (context.leaving || dials.containsKey(address)) {
            return;
        }
        dials.put(address, intent);
        context.count(Counter.DIALS);
        context.emit(new Output.Dial(address, intent));
    }
}
