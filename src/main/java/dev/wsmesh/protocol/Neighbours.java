package dev.wsmesh.protocol;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The active view: who is linked as a neighbour, who counts against its bound, and who may be evicted. */
final class Neighbours {
    /** Links of our own choice that we keep, so that strangers cannot surround us. */
    private static final int SELF_DIALLED_KEPT = 2;

    private final Context context;
    private final Links links;

    Neighbours(Context context, Links links) {
        this.context = context;
        this.links = links;
    }

    /** One link per peer. */
    List<Link> all() {
        List<Link> all = new ArrayList<>();
        Set<NodeId> seen = new HashSet<>();
        for (Link link : links.all()) {
            if (link.isNeighbour() && seen.add(link.peer())) {
                all.add(link);
            }
        }
        return all;
    }

    List<Link> allBut(Link except) {
        List<Link> all = all();
        all.removeIf(each -> each.peer().equals(except.peer()));
        return all;
    }

    boolean contains(NodeId peer) {
        for (Link link : links.all()) {
            if (link.isNeighbour() && link.peer().equals(peer)) {
                return true;
            }
        }
        return false;
    }

    /** Nodes that cannot be dialled do not count: nobody could replace them by dialling. */
    int counted() {
        int counted = 0;
        for (Link link : all()) {
            if (!isOutboundOnly(link)) {
                counted++;
            }
        }
        return counted;
    }

    /** Those, and the candidates that have not answered yet. */
    int countedOrAsked() {
        int asked = 0;
        for (Link link : links.all()) {
            if (link.isAsked()) {
                asked++;
            }
        }
        return counted() + asked;
    }

    boolean hasRoom() {
        return counted() < context.settings.membership().activeView();
    }

    /** Whether there are too many of its kind, itself among them: nodes that can be dialled, or nodes that cannot. */
    boolean isTooFullFor(Link link) {
        Settings.Membership settings = context.settings.membership();
        return isOutboundOnly(link)
                ? all().size() - counted() > settings.outboundOnly()
                : counted() > settings.activeView();
    }

    boolean mayStick() {
        int sticky = 0;
        for (Link link : links.all()) {
            if (link.isNeighbour() && link.sticky) {
                sticky++;
            }
        }
        return sticky < Math.max(1, context.settings.membership().activeView() / 2);
    }

    /** A random neighbour that has to go for the sake of this one; null if all are to be kept. */
    @Nullable
    Link victim(Link newcomer) {
        List<Link> choices = allBut(newcomer);
        int selfDialled = 0;
        for (Link link : choices) {
            if (link.dialledByUs()) {
                selfDialled++;
            }
        }
        boolean keepDialled = selfDialled <= SELF_DIALLED_KEPT;
        boolean outbound = isOutboundOnly(newcomer);
        choices.removeIf(
                each -> each.sticky || (keepDialled && each.dialledByUs()) || isOutboundOnly(each) != outbound);
        return choices.isEmpty() ? null : context.pick(choices);
    }

    List<Contact> contacts(Link except) {
        List<Contact> contacts = new ArrayList<>();
        for (Link link : allBut(except)) {
            if (link.contact.address() != null) {
                contacts.add(link.contact);
            }
        }
        return contacts;
    }

    private static boolean isOutboundOnly(Link link) {
        return link.contact.address() == null;
    }
}
