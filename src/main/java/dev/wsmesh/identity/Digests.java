package dev.wsmesh.identity;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** What every Java runtime has. */
final class Digests {
    private Digests() {}

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime has no SHA-256", e);
        }
    }
}
