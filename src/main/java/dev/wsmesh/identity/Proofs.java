package dev.wsmesh.identity;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** What is signed: everything that both sides said, and who of them says so. */
final class Proofs {
    private static final byte[] LABEL = "wsmesh.v1 transcript".getBytes(StandardCharsets.US_ASCII);

    private Proofs() {}

    /** SHA-256 over the label and the exact bytes of both Hellos, the dialler's first, each behind its length. */
    static byte[] transcript(byte[] diallersHello, byte[] acceptorsHello) {
        MessageDigest digest = Digests.sha256();
        update(digest, LABEL);
        update(digest, diallersHello);
        update(digest, acceptorsHello);
        return digest.digest();
    }

    /** What the side with this role signs, and makes the code of. */
    static byte[] message(Handshake.Role role, byte[] transcript) {
        byte[] side = ("wsmesh.v1 " + role.name()).getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(Integer.BYTES + side.length + transcript.length)
                .putInt(side.length)
                .put(side)
                .put(transcript)
                .array();
    }

    private static void update(MessageDigest digest, byte[] bytes) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        digest.update(bytes);
    }
}
