package dev.wsmesh.protocol;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Nodes that may be dialled. What others told us is unverified until then: one that fails too often is dropped. */
final class PassiveView {
    static final class Candidate {
        final NodeId id;
        final Address address;
        int failures;
        long notBefore;

        Candidate(NodeId id, Address address, long notBefore) {
            this.id = id;
            this.address = address;
            this.notBefore = notBefore;
        }

        Contact contact() {
            return new Contact(id, address);
        }
    }

    private final Context context;
    private final Predicate<Address> mayDial;
    private final Map<NodeId, Candidate> candidates = new LinkedHashMap<>();

    PassiveView(Context context, Predicate<Address> mayDial) {
        this.context = context;
        this.mayDial = mayDial;
    }

    Collection<Candidate> all() {
        return candidates.values();
    }

    void add(Contact contact) {
        add(contact, context.now, 0);
    }

    /** Adds the contact unless it is known, with so many failures in a row; a random other one makes room. */
    void add(Contact contact, long notBefore, int failures) {
        Address address = contact.address();
        boolean self = contact.id().equals(context.settings.self());
        if (address == null || self || candidates.containsKey(contact.id()) || !mayDial.test(address)) {
            return;
        }
        int most = context.settings.membership().passiveView();
        if (most == 0) {
            return;
        }
        if (candidates.size() >= most) {
            candidates.remove(context.pick(List.copyOf(candidates.keySet())));
        }
        Candidate candidate = new Candidate(contact.id(), address, notBefore);
        candidate.failures =
                Math.min(failures, context.settings.membership().dialling().candidateFailures() - 1);
        candidates.put(contact.id(), candidate);
    }

    boolean contains(NodeId id) {
        return candidates.containsKey(id);
    }

    void remove(NodeId id) {
        candidates.remove(id);
    }

    /** Somebody answered there. Whoever else was known to be there is not: a container has been replaced, say. */
    void onAnswered(Address address) {
        candidates.values().removeIf(each -> each.address.equals(address));
    }

    void onFailure(Address address, CloseCode code) {
        Candidate candidate = find(address);
        if (candidate == null) {
            return;
        }
        candidate.failures++;
        if (candidate.failures >= context.settings.membership().dialling().candidateFailures()) {
            candidates.remove(candidate.id);
            return;
        }
        if (code.retry() == CloseCode.Retry.LONG_BACKOFF) {
            candidate.notBefore =
                    context.inAbout(context.settings.membership().dialling().longBackoff());
            return;
        }
        long backoff = context.settings.membership().dialling().backoff().toNanos() << candidate.failures;
        candidate.notBefore = context.now + backoff / 2 + context.random.nextLong(backoff);
    }

    /** A random candidate that may be dialled now. In a hurry, only failures are a reason to wait. */
    @Nullable
    Candidate choose(boolean hurry, Predicate<Candidate> eligible) {
        List<Candidate> ready = new ArrayList<>();
        for (Candidate each : candidates.values()) {
            boolean due = each.notBefore <= context.now || (hurry && each.failures == 0);
            if (due && eligible.test(each)) {
                ready.add(each);
            }
        }
        return ready.isEmpty() ? null : context.pick(ready);
    }

    /** When the next candidate comes out of its backoff. */
    long nextReadyAt() {
        long next = Alarms.NEVER;
        for (Candidate each : candidates.values()) {
            if (each.notBefore > context.now) {
                next = Math.min(next, each.notBefore);
            }
        }
        return next;
    }

    /** Up to so many different contacts, at random. */
    List<Contact> sample(int most) {
        List<Contact> contacts = new ArrayList<>();
        List<Candidate> left = new ArrayList<>(candidates.values());
        while (contacts.size() < most && !left.isEmpty()) {
            int index = context.random.nextInt(left.size());
            contacts.add(left.get(index).contact());
            left.set(index, left.getLast());
            left.removeLast();
        }
        return contacts;
    }

    private @Nullable Candidate find(Address address) {
        for (Candidate each : candidates.values()) {
            if (each.address.equals(address)) {
                return each;
            }
        }
        return null;
    }
}
