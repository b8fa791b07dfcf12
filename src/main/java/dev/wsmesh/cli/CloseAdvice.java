package dev.wsmesh.cli;

import dev.wsmesh.node.LogText;
import dev.wsmesh.protocol.CloseCode;
import java.util.Locale;

/** What a close in the middle of a handshake means, and what to do about it. */
final class CloseAdvice {

    private static final int OVERLOADED = 1013;

    private CloseAdvice() {}

    /** The peer closed, with any number that it liked. */
    static HopFailure closedByPeer(int number, String reason) {
        String quoted = reason.isEmpty() ? "" : ": '" + LogText.printable(reason) + "'";
        if (number == OVERLOADED) {
            return new HopFailure(
                    Hop.HANDSHAKE,
                    "the peer closed with 1013 (overloaded)" + quoted,
                    "it has as many handshakes or links as it may: try again; see mesh.links.max-handshakes and its log");
        }
        CloseCode code = CloseCode.of(number);
        String name = code == CloseCode.ABNORMAL ? "no code of this protocol" : words(code);
        return new HopFailure(
                hop(code), "the peer closed with " + number + " (" + name + ")" + quoted, advice(code, reason));
    }

    /** It is we who would not have the peer. */
    static HopFailure refused(CloseCode code, String reason) {
        return new HopFailure(
                hop(code),
                "a node here would refuse it with " + code.number() + " (" + words(code) + "): " + reason,
                advice(code, reason));
    }

    private static Hop hop(CloseCode code) {
        return code == CloseCode.PROTOCOL_VERSION ? Hop.VERSION : Hop.HANDSHAKE;
    }

    private static String words(CloseCode code) {
        return code.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String advice(CloseCode code, String reason) {
        return switch (code) {
            case PROTOCOL_VERSION ->
                "run versions of wsmesh on both sides that have a version of the protocol in common";
            case DUPLICATE_LINK ->
                "it is linked with this very node already, as it believes: wait a minute, and try again";
            case SELF -> "it leads back to where it came from: name another peer";
            case UNAUTHENTICATED -> unauthenticated(reason);
            case WRONG_CLUSTER -> "give both the same mesh.cluster (MESH_CLUSTER, --cluster)";
            case FULL -> "it has no room for another neighbour, and names others to nodes: this is no fault";
            case HANDSHAKE_TIMEOUT ->
                "the way, or one of the two machines, is slow: try again; see mesh.links.handshake-timeout";
            case UNRESPONSIVE -> "nothing of ours reached it: look for what stands between and holds messages back";
            case RATE_LIMITED ->
                "it has too many handshakes at once: try again; see mesh.links.max-handshakes and its log";
            case IDENTITY_IN_USE -> "two processes run with one data directory or key: give each its own mesh.data-dir";
            case NORMAL, GOING_AWAY -> "it is leaving: try again when it runs";
            case MALFORMED, UNSUPPORTED_DATA, TOO_LARGE ->
                "it does not understand what a node says: something between may change messages, or it is no node";
            case ABNORMAL, TOO_SLOW -> "look into the peer's log";
        };
    }

    private static String unauthenticated(String reason) {
        if (reason.contains("allowed")) {
            return "the peer lists whom it lets in (mesh.allowed-nodes), and doctor is a node of its own: up to here all works,"
                    + " so see that this node's id is in that list";
        }
        if (reason.contains("epoch")) {
            return "put the clocks of both machines right";
        }
        return "give both the same cluster key: MESH_KEY or --key-file here, mesh.key there";
    }
}
