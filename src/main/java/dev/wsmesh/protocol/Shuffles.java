package dev.wsmesh.protocol;

import dev.wsmesh.protocol.Alarms.Alarm;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Exchanges candidates with nodes a few hops away. A reply finds its way back along the links of its Shuffle. */
final class Shuffles {
    private static final int MOST_SENT = 8;
    private static final int MOST_ROUTES = 256;

    private final Context context;
    private final Links links;
    private final Neighbours neighbours;
    private final PassiveView passive;
    private final Set<Long> sent = new LinkedHashSet<>();
    private final Map<Long, Link> routes = new LinkedHashMap<>();

    Shuffles(Context context, Links links, Neighbours neighbours, PassiveView passive) {
        this.context = context;
        this.links = links;
        this.neighbours = neighbours;
        this.passive = passive;
        schedule();
    }

    void onAlarm() {
        schedule();
        List<Link> all = neighbours.all();
        if (!all.isEmpty()) {
            start(context.pick(all));
        }
    }

    /** A newcomer does not wait for its turn. */
    void start(Link to) {
        long nonce = context.random.nextLong();
        sent.add(nonce);
        if (sent.size() > MOST_SENT) {
            sent.remove(sent.iterator().next());
        }
        int walk = context.settings.membership().activeWalk();
        links.say(to, new Message.Shuffle(nonce, context.settings.self(), walk, own(to)));
    }

    void onShuffle(Link from, Message.Shuffle shuffle) {
        if (shuffle.origin().equals(context.settings.self())) {
            return;
        }
        List<Link> others = neighbours.allBut(from);
        others.removeIf(each -> each.peer().equals(shuffle.origin()));
        int left = Math.min(shuffle.timeToLive(), context.settings.membership().activeWalk()) - 1;
        if (left > 0 && !others.isEmpty()) {
            forward(from, shuffle, left, context.pick(others));
            return;
        }
        List<Contact> answer = passive.sample(shuffle.contacts().size());
        links.say(from, new Message.ShuffleReply(shuffle.nonce(), answer));
        learn(shuffle.contacts());
    }

    void onReply(Link from, Message.ShuffleReply reply) {
        if (sent.remove(reply.nonce())) {
            learn(reply.contacts());
            return;
        }
        Link back = routes.remove(reply.nonce());
        if (back == null) {
            context.count(Counter.IGNORED_MESSAGES);
        } else {
            links.say(back, reply);
        }
    }

    void onLinkGone(Link link) {
        routes.values().removeIf(each -> each.id.equals(link.id));
    }

    private void forward(Link from, Message.Shuffle shuffle, int left, Link to) {
        routes.put(shuffle.nonce(), from);
        if (routes.size() > MOST_ROUTES) {
            routes.remove(routes.keySet().iterator().next());
        }
        links.say(to, new Message.Shuffle(shuffle.nonce(), shuffle.origin(), left, shuffle.contacts()));
    }

    private List<Contact> own(Link to) {
        List<Contact> contacts = new ArrayList<>();
        contacts.add(context.settings.contact());
        List<Contact> active = neighbours.contacts(to);
        for (int i = 0; i < context.settings.membership().shuffleActive() && !active.isEmpty(); i++) {
            contacts.add(active.remove(context.random.nextInt(active.size())));
        }
        contacts.addAll(passive.sample(context.settings.membership().shufflePassive()));
        return contacts;
    }

    private void learn(List<Contact> contacts) {
        int most = 1
                + context.settings.membership().shuffleActive()
                + context.settings.membership().shufflePassive();
        for (Contact contact : contacts.subList(0, Math.min(most, contacts.size()))) {
            if (!neighbours.contains(contact.id())) {
                passive.add(contact);
            }
        }
    }

    private void schedule() {
        context.alarms.set(
                Alarm.SHUFFLE, context.inAbout(context.settings.membership().shuffleInterval()));
    }
}
