package dev.wsmesh.identity;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * What all nodes of one mesh know and nobody else: proofs carry an HMAC-SHA-256 with a key that is derived from it by HKDF
 * (RFC 5869), so that the secret itself is used for nothing else.
 *
 * <p>Safe for any number of threads. Its text never shows the secret.
 */
public final class ClusterKey {
    /** Fewer could be guessed. */
    public static final int LEAST_BYTES = 32;

    private static final byte[] PURPOSE = "wsmesh.v1 handshake".getBytes(StandardCharsets.US_ASCII);

    private final SecretKey macKey;

    private ClusterKey(SecretKey macKey) {
        this.macKey = macKey;
    }

    /**
     * The key that this base64 text stands for; blanks around it do not matter.
     *
     * @throws IllegalArgumentException if it is no base64, of fewer than {@value #LEAST_BYTES} bytes, or all of them are the same. The message never
     *     contains the text.
     */
    public static ClusterKey parse(String text) {
        byte[] secret;
        try {
            secret = Base64.getDecoder().decode(text.strip());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("a cluster key is base64; the command 'key' makes one");
        }
        if (secret.length < LEAST_BYTES) {
            throw new IllegalArgumentException("a cluster key has at least " + LEAST_BYTES
                    + " random bytes in base64, this one has " + secret.length + "; the command 'key' makes one");
        }
        if (isOneByteRepeated(secret)) {
            throw new IllegalArgumentException("a cluster key is random, and all bytes of this one are the same;"
                    + " the command 'key' makes one");
        }
        return new ClusterKey(derive(secret));
    }

    /** A new one, as text. */
    public static String generate() {
        byte[] secret = new byte[LEAST_BYTES];
        new SecureRandom().nextBytes(secret);
        return Base64.getEncoder().encodeToString(secret);
    }

    /** A placeholder, not a key; whatever else is not random cannot be told from what is. */
    private static boolean isOneByteRepeated(byte[] secret) {
        for (byte each : secret) {
            if (each != secret[0]) {
                return false;
            }
        }
        return true;
    }

    byte[] mac(byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(macKey);
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime has no HMAC-SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "ClusterKey[hidden]";
    }

    private static SecretKey derive(byte[] secret) {
        try {
            HKDFParameterSpec parameters =
                    HKDFParameterSpec.ofExtract().addIKM(secret).thenExpand(PURPOSE, LEAST_BYTES);
            return KDF.getInstance("HKDF-SHA256").deriveKey("HmacSHA256", parameters);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime has no HKDF", e);
        }
    }
}
