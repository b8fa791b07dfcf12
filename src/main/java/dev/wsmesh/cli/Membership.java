package dev.wsmesh.cli;

import dev.wsmesh.identity.ClusterKeys;
import dev.wsmesh.identity.Handshake;
import dev.wsmesh.identity.LocalNode;
import dev.wsmesh.identity.NodeKey;
import dev.wsmesh.node.LogText;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Intent;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.Message;
import dev.wsmesh.wire.HandshakeCodec;
import dev.wsmesh.wire.WireException;
import java.io.EOFException;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether a peer and a node with this key and mesh would let each other in, found out by a handshake of nodes' own kind. It ends
 * before a link is up: the dialler never sends the frame that would make one.
 */
final class Membership {

    private static final Pattern ENDPOINT = Pattern.compile("(wss?)://:([0-9]{1,5})(|/.*)");

    private final ClusterKeys keys;
    private final String cluster;
    private final SecureRandom random = new SecureRandom();
    private final HandshakeCodec codec = new HandshakeCodec(Limits.DEFAULT);
    private List<Integer> versions = List.of();

    Membership(ClusterKeys keys, String cluster) {
        this.keys = keys;
        this.cluster = cluster;
    }

    void prove(Wire wire, Findings findings) throws IOException, HopFailure {
        Handshake handshake = Handshake.dial(self(), Intent.PROBE, random, codec::encode);
        wire.send(handshake.greeting().toArray());
        Handshake.Admitted admitted = null;
        while (admitted == null) {
            admitted = step(wire, handshake);
        }
        wire.close(CloseCode.NORMAL.number());
        findings.ok(
                Hop.HANDSHAKE,
                "node " + admitted.peer() + (cluster.isEmpty() ? "" : " of mesh " + cluster)
                        + (keys.isEmpty() ? ", without a cluster key" : ", which knows the cluster key")
                        + (admitted.endpoint().isEmpty()
                                ? "; it cannot be dialled by others"
                                : "; it listens " + where(admitted.endpoint())));
        findings.ok(
                Hop.VERSION,
                "both speak version " + Handshake.VERSION + (versions.size() > 1 ? " of " + versions : ""));
    }

    /** Somebody whom nobody has seen before, and nobody will see again. */
    private LocalNode self() {
        return new LocalNode(
                NodeKey.generate(),
                keys,
                cluster,
                Set.of(),
                System.currentTimeMillis(),
                random.nextLong(),
                Limits.DEFAULT.frameBytes(),
                "");
    }

    private Handshake.@Nullable Admitted step(Wire wire, Handshake handshake) throws IOException, HopFailure {
        return switch (said(wire)) {
            case Wire.Text _ ->
                throw new HopFailure(
                        Hop.HANDSHAKE,
                        "it agreed to wsmesh.v1, but talks in texts",
                        "it is no node, and agrees to whatever it is offered: a node may dial it as a plain peer"
                                + " (mesh.peers[n].plain: true)");
            case Wire.Closed(int code, String reason) -> throw CloseAdvice.closedByPeer(code, reason);
            case Wire.Binary(Bytes bytes) -> onMessage(wire, handshake, bytes);
        };
    }

    /** A node says that without its host, which others know better: they see where it comes from. */
    static String where(String endpoint) {
        Matcher form = ENDPOINT.matcher(endpoint);
        return form.matches()
                ? "on port " + form.group(2) + " (" + form.group(1) + ", path "
                        + (form.group(3).isEmpty() ? "/" : LogText.printable(form.group(3))) + ")"
                : "at " + LogText.printable(endpoint);
    }

    private static Wire.Said said(Wire wire) throws IOException, HopFailure {
        try {
            return wire.read();
        } catch (EOFException e) {
            throw new HopFailure(
                    Hop.HANDSHAKE,
                    "the connection ended in the middle of it",
                    "look into the peer's log; if it agrees to any subprotocol, it may be no node");
        }
    }

    private Handshake.@Nullable Admitted onMessage(Wire wire, Handshake handshake, Bytes bytes)
            throws IOException, HopFailure {
        Handshake.Step step;
        try {
            Message.Handshake message = codec.decode(bytes.toArray());
            versions = message instanceof Message.Hello hello ? hello.versions() : versions;
            step = handshake.onMessage(message, bytes, System.currentTimeMillis());
        } catch (WireException e) {
            throw new HopFailure(
                    Hop.HANDSHAKE,
                    "what it says is no handshake (" + e.getMessage() + ")",
                    "it is no node of this protocol, or a faulty one: docs/protocol-encoding.md has what is expected");
        }
        return switch (step) {
            case Handshake.Send send -> {
                wire.send(send.frame().toArray());
                yield null;
            }
            case Handshake.Refused refused -> {
                wire.close(refused.code().number());
                throw CloseAdvice.refused(refused.code(), refused.reason());
            }
            case Handshake.Admitted admitted -> admitted;
        };
    }
}
