package dev.wsmesh.ops;

import dev.wsmesh.node.ConfiguredPeerView;
import dev.wsmesh.node.ConfiguredPeerView.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Whether the mesh may have fallen apart: a configured peer is reached neither directly nor through other nodes. One that is not
 * dialled at all, and never was in the mesh, is no sign of it, and would hide every other for as long as nobody removes it.
 */
final class Partition {

    /** Longer than any redial takes to notice that a peer is back; prescribed by no one but habit. */
    private static final Duration SUSPICIOUS = Duration.ofSeconds(60);

    private Partition() {}

    static boolean isSuspected(List<ConfiguredPeerView> peers, Instant now) {
        Instant suspicious = now.minus(SUSPICIOUS);
        return peers.stream()
                .anyMatch(peer -> peer.state() == State.UNREACHABLE
                        && !peer.neverDialled()
                        && peer.since().isBefore(suspicious));
    }
}
