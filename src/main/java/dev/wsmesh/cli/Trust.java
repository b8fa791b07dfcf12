package dev.wsmesh.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.Collection;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Whose certificates are believed: those of a file alone, as with a truststore of a node's bundle, or the Java platform's. */
final class Trust {

    private Trust() {}

    /**
     * The trust in a file's certificates, or in the platform's if there is no file.
     *
     * @throws IllegalArgumentException if the file cannot be used; the message names it
     */
    static X509ExtendedTrustManager in(@Nullable String file) {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(file == null ? null : store(file));
            return Arrays.stream(factory.getTrustManagers())
                    .filter(X509ExtendedTrustManager.class::isInstance)
                    .map(X509ExtendedTrustManager.class::cast)
                    .findFirst()
                    .orElseThrow();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime has no trust", e);
        }
    }

    private static KeyStore store(String file) throws GeneralSecurityException {
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (certificates.isEmpty()) {
                throw new IllegalArgumentException("--ca '" + file + "' holds no certificate; it has to be PEM");
            }
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (Certificate certificate : certificates) {
                store.setCertificateEntry("authority-" + number++, certificate);
            }
            return store;
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("--ca '" + file + "' is no path: " + e.getReason(), e);
        } catch (CertificateException e) {
            throw new IllegalArgumentException("--ca '" + file + "' holds no certificate; it has to be PEM", e);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "--ca '" + file + "' cannot be read (" + e.getClass().getSimpleName() + ")", e);
        }
    }
}
