package dev.wsmesh.ops;

import dev.wsmesh.node.ConfiguredPeerView.State;

/** The states of configured peers as operators read them. */
final class PeerStates {

    private PeerStates() {}

    static String name(State state) {
        return switch (state) {
            case NOT_TRIED -> "not tried";
            case CONNECTED -> "connected";
            case REACHED -> "reached";
            case SELF -> "self";
            case UNREACHABLE -> "unreachable";
        };
    }
}
