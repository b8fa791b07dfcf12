package dev.wsmesh.protocol;

import dev.wsmesh.protocol.Alarms.Alarm;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Finds out whether a configured peer that is no neighbour is in our mesh all the same, or in another that we have to join.
 *
 * <p>The evidence is a young record that both hold: only a common mesh can have brought it to both. So that there is one in a
 * mesh where nobody publishes, who is probed publishes a beacon, and goes on doing so for a while: then nobody else has to
 * probe it. The prober gives the beacon a moment to come round through the mesh before it concludes that it never will.
 */
final class Probes {
    /** A probed peer goes on for so many times the age of evidence; a guess: about one round of probes in five minutes. */
    private static final int BEACON_ROUNDS = 10;

    /** The beacon's way through the mesh is looked for so often within the patience. */
    private static final int LOOKS = 8;

    private final Context context;
    private final Links links;
    private final Broadcast broadcast;
    private final EncodedRecord beacon;
    private final Outcome outcome;
    private long beaconUntil = Long.MIN_VALUE;

    /** What becomes of a probe. */
    record Outcome(Consumer<Link> sameMesh, Consumer<Link> anotherMesh) {}

    Probes(Context context, Links links, Broadcast broadcast, EncodedRecord beacon, Outcome outcome) {
        this.context = context;
        this.links = links;
        this.broadcast = broadcast;
        this.beacon = beacon;
        this.outcome = outcome;
    }

    /** Somebody wants to know whether we are in the same mesh. */
    void onProbed() {
        long round = context.settings.membership().evidenceAge().toNanos();
        boolean silent = beaconUntil <= context.now;
        beaconUntil = context.now + BEACON_ROUNDS * round;
        if (silent) {
            onBeaconAlarm();
        }
    }

    /** What the peer holds has been told to our probe. */
    void onDigest(Link probe) {
        if (isUndecided(probe) && probe.decideBy == Alarms.NEVER) {
            probe.decideBy = context.now + patienceNanos();
            decide(probe);
        }
    }

    void onAlarms() {
        context.alarms.ifDue(Alarm.BEACON, context.now, this::onBeaconAlarm);
        context.alarms.ifDue(Alarm.PROBES, context.now, this::onProbesAlarm);
    }

    private void onProbesAlarm() {
        List<Link> undecided = new ArrayList<>();
        for (Link link : links.all()) {
            if (isUndecided(link) && link.decideBy != Alarms.NEVER) {
                undecided.add(link);
            }
        }
        undecided.forEach(this::decide);
    }

    private void onBeaconAlarm() {
        if (context.leaving || beaconUntil <= context.now) {
            return;
        }
        long interval = context.settings.membership().evidenceAge().toNanos() / 2;
        if (!broadcast.hasPublishedSince(context.now - interval / 2)) {
            broadcast.publish(beacon);
        }
        context.alarms.set(Alarm.BEACON, context.now + interval);
    }

    private void decide(Link probe) {
        if (broadcast.streams.sharesFreshRecord(probe)) {
            context.count(Counter.PROBES_SAME_MESH);
            outcome.sameMesh.accept(probe);
        } else if (probe.decideBy <= context.now) {
            context.count(Counter.PROBES_JOINED);
            outcome.anotherMesh.accept(probe);
        } else {
            long next = context.now + patienceNanos() / LOOKS;
            context.alarms.setNoLaterThan(Alarm.PROBES, Math.min(next, probe.decideBy));
        }
    }

    private long patienceNanos() {
        return context.settings.membership().evidenceAge().toNanos() / 6;
    }

    private static boolean isUndecided(Link link) {
        return link.role == Link.Role.PROBE && link.dialledByUs() && link.phase == Link.Phase.OPEN;
    }
}
