package dev.wsmesh.identity;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.NodeId;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The Ed25519 key (RFC 8032) that makes a node itself: whoever holds it is the node.
 *
 * <p>Safe for any number of threads. Its text never shows the private half.
 */
public final class NodeKey {
    /** Of a public key, and of the private one. */
    public static final int BYTES = 32;

    private static final String ALGORITHM = "Ed25519";

    /** What stands before the raw key in its X.509 form (RFC 8410). */
    private static final byte[] PUBLIC_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    /** What stands before the raw key in its PKCS #8 form (RFC 8410). */
    private static final byte[] PRIVATE_PREFIX = HexFormat.of().parseHex("302e020100300506032b657004220420");

    private final PrivateKey secret;
    private final Bytes publicKey;
    private final NodeId id;

    private NodeKey(PrivateKey secret, Bytes publicKey) {
        this.secret = secret;
        this.publicKey = publicKey;
        this.id = idOf(publicKey);
    }

    public static NodeKey generate() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
            return new NodeKey(pair.getPrivate(), raw(pair.getPublic()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime has no Ed25519", e);
        }
    }

    /**
     * The key with this private half and this public half.
     *
     * @throws IllegalArgumentException if the halves are not {@value #BYTES} bytes each, or do not belong together
     */
    static NodeKey of(byte[] secretKey, byte[] publicKey) {
        if (secretKey.length != BYTES || publicKey.length != BYTES) {
            throw new IllegalArgumentException("each half of a node's key has " + BYTES + " bytes");
        }
        try {
            PrivateKey secret = KeyFactory.getInstance(ALGORITHM)
                    .generatePrivate(new PKCS8EncodedKeySpec(join(PRIVATE_PREFIX, secretKey)));
            NodeKey key = new NodeKey(secret, Bytes.copyOf(publicKey));
            byte[] probe = {1};
            if (!verify(key.publicKey, probe, key.sign(probe))) {
                throw new IllegalArgumentException("the two halves of the node's key do not belong together");
            }
            return key;
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("not an Ed25519 key", e);
        }
    }

    /** The node that this public key belongs to: the first 16 bytes of its SHA-256. */
    public static NodeId idOf(Bytes publicKey) {
        byte[] digest = Digests.sha256().digest(publicKey.toArray());
        return NodeId.of(Arrays.copyOf(digest, NodeId.BYTES));
    }

    public NodeId id() {
        return id;
    }

    public Bytes publicKey() {
        return publicKey;
    }

    byte[] secretBytes() {
        byte[] encoded = secret.getEncoded();
        return Arrays.copyOfRange(encoded, encoded.length - BYTES, encoded.length);
    }

    byte[] sign(byte[] message) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(secret);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot sign", e);
        }
    }

    /** Whether the holder of this public key signed the message. Any fault in key or signature is a no. */
    static boolean verify(Bytes publicKey, byte[] message, byte[] signed) {
        try {
            PublicKey key = KeyFactory.getInstance(ALGORITHM)
                    .generatePublic(new X509EncodedKeySpec(join(PUBLIC_PREFIX, publicKey.toArray())));
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initVerify(key);
            signature.update(message);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** In constant time, as all comparisons of what is to be proved. */
    static boolean isSame(byte[] one, byte[] other) {
        return MessageDigest.isEqual(one, other);
    }

    @Override
    public String toString() {
        return "NodeKey[" + id + "]";
    }

    private static Bytes raw(PublicKey key) {
        byte[] encoded = key.getEncoded();
        return Bytes.wrap(Arrays.copyOfRange(encoded, encoded.length - BYTES, encoded.length));
    }

    private static byte[] join(byte[] prefix, byte[] key) {
        byte[] joined = Arrays.copyOf(prefix, prefix.length + key.length);
        System.arraycopy(key, 0, joined, prefix.length, key.length);
        return joined;
    }
}
