package dev.wsmesh.protocol;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Nodes that may be dialled. What others told us is unverified until then: one that fails too often is dropped. */
final class PassiveView {
    static final class Candidate {
        final NodeId id;
        final Address address;
        int failures;
        long notBefore;
        /** Only an operator can lift what the last dial, or link, ended with: nothing else shortens the pause. */
        boolean turnedAway;

        Candidate(NodeId id, Address address, long notBefore) {
            this.id = id;
            this.address = address;
            this.notBefore = notBefore;
        }

        Contact contact() {
            return new Contact(id, address);
        }

        /** It is dialled at the same address as that one. */
        private void restAs(Candidate other) {
            failures = Math.max(failures, other.failures);
            notBefore = Math.max(notBefore, other.notBefore);
            turnedAway |= other.turnedAway;
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

    /** Adds the contact unless it is known; a random other one makes room. */
    void add(Contact contact) {
        Address address = contact.address();
        boolean self =
                contact.id().equals(context.settings.self()) || Objects.equals(address, context.settings.address());
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
        Candidate candidate = new Candidate(contact.id(), address, context.now);
        for (Candidate each : candidates.values()) {
            if (each.address.equals(address)) {
                candidate.restAs(each);
            }
        }
        candidates.put(contact.id(), candidate);
    }

    /** The last link with it has ended: it rests, and so do all that are said to be at its address, also if they were named meanwhile. */
    void addResting(Contact contact, long notBefore, int failures, CloseCode code) {
        add(contact);
        Candidate candidate = candidates.get(contact.id());
        if (candidate != null) {
            int most = context.settings.membership().dialling().candidateFailures() - 1;
            candidate.failures = Math.clamp(failures, candidate.failures, most);
            candidate.notBefore = Math.max(candidate.notBefore, notBefore);
            candidate.turnedAway = isForLong(code);
            for (Candidate each : candidates.values()) {
                if (each.address.equals(candidate.address)) {
                    each.restAs(candidate);
                }
            }
        }
    }

    /** Whether the node, or whoever is at its address, has turned us away, and rests. */
    boolean isTurnedAway(Contact contact) {
        for (Candidate each : candidates.values()) {
            boolean meant = each.id.equals(contact.id()) || each.address.equals(contact.address());
            if (meant && each.turnedAway && each.notBefore > context.now) {
                return true;
            }
        }
        return false;
    }

    private static boolean isForLong(CloseCode code) {
        return code.retry() == CloseCode.Retry.LONG_BACKOFF;
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

    /** A dial of this address failed, whoever of those that are said to be there was meant. */
    void onFailure(Address address, CloseCode code) {
        for (Candidate each : List.copyOf(candidates.values())) {
            if (each.address.equals(address)) {
                onFailure(each, code);
            }
        }
    }

    private void onFailure(Candidate candidate, CloseCode code) {
        candidate.failures++;
        candidate.turnedAway = isForLong(code);
        if (candidate.failures >= context.settings.membership().dialling().candidateFailures()) {
            candidates.remove(candidate.id);
            return;
        }
        if (candidate.turnedAway) {
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
}
