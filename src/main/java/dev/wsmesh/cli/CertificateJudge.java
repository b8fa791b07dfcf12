package dev.wsmesh.cli;

import dev.wsmesh.websocket.PeerUrl;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Judges as the trust does, but in steps, so that it can be told which of them failed: time, authority, name. */
final class CertificateJudge extends X509ExtendedTrustManager {

    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    private final PeerUrl url;
    private final X509ExtendedTrustManager trust;
    private @Nullable X509Certificate certificate;
    private @Nullable HopFailure failure;

    CertificateJudge(PeerUrl url, X509ExtendedTrustManager trust) {
        this.url = url;
        this.trust = trust;
    }

    /** The peer's own; null if it has shown none. */
    @Nullable
    X509Certificate certificate() {
        return certificate;
    }

    /** Subject, issuer, names and how long it is good. */
    static String described(X509Certificate certificate) {
        return certificate.getSubjectX500Principal() + " for " + String.join(", ", names(certificate)) + ", by "
                + certificate.getIssuerX500Principal() + ", good until "
                + certificate.getNotAfter().toInstant().atZone(ZoneOffset.UTC).toLocalDate();
    }

    /** Why there is no TLS. */
    HopFailure failure(SSLException thrown) {
        HopFailure known = failure;
        if (known != null) {
            return known;
        }
        String message = String.valueOf(thrown.getMessage());
        if (message.contains("Unsupported or unrecognized SSL message") || message.contains("plaintext connection")) {
            return new HopFailure(
                    Hop.TLS, "what answers there does not speak TLS", "dial it by ws:// instead of wss://");
        }
        return new HopFailure(
                Hop.TLS,
                "TLS failed: " + message,
                "look into the peer's log; its versions and ciphers, or that it wants a certificate of ours, may be why");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        certificate = chain[0];
        checkTime(chain);
        checkAuthority(chain, type);
        try {
            trust.checkServerTrusted(chain, type, socket);
        } catch (CertificateException e) {
            throw found(
                    e,
                    "the certificate is for " + String.join(", ", names(chain[0])) + ", not for "
                            + url.uri().getHost(),
                    "dial it by a name that the certificate has, or have one made for "
                            + url.uri().getHost());
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        trust.checkServerTrusted(chain, type);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        trust.checkServerTrusted(chain, type, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        throw new CertificateException("nobody is served here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        checkClientTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        checkClientTrusted(chain, type);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return trust.getAcceptedIssuers();
    }

    private void checkTime(X509Certificate[] chain) throws CertificateException {
        for (X509Certificate each : chain) {
            try {
                each.checkValidity();
            } catch (CertificateExpiredException e) {
                throw found(
                        e,
                        "the certificate of " + each.getSubjectX500Principal() + " was good until "
                                + each.getNotAfter().toInstant(),
                        "renew it, or put this machine's clock right");
            } catch (CertificateNotYetValidException e) {
                throw found(
                        e,
                        "the certificate of " + each.getSubjectX500Principal() + " is not good before "
                                + each.getNotBefore().toInstant(),
                        "put the clocks right, of this machine and of the one where it was made");
            }
        }
    }

    private void checkAuthority(X509Certificate[] chain, String type) throws CertificateException {
        try {
            trust.checkServerTrusted(chain, type);
        } catch (CertificateException e) {
            throw found(
                    e,
                    "the certificate of " + chain[0].getSubjectX500Principal() + " is by "
                            + chain[chain.length - 1].getIssuerX500Principal() + ", which is not trusted here",
                    "give that authority's certificate by --ca FILE, and to the nodes by mesh.ssl.bundle; or let the peer send"
                            + " the certificates between, too");
        }
    }

    private CertificateException found(CertificateException cause, String problem, String advice) {
        failure = new HopFailure(Hop.TLS, problem, advice);
        return cause;
    }

    private static List<String> names(X509Certificate certificate) {
        List<String> names = new ArrayList<>();
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            if (all != null) {
                for (List<?> each : all) {
                    if (each.getFirst().equals(DNS_NAME) || each.getFirst().equals(IP_ADDRESS)) {
                        names.add(String.valueOf(each.get(1)));
                    }
                }
            }
        } catch (CertificateParsingException e) {
            names.clear();
        }
        return names.isEmpty() ? List.of("no name") : names;
    }
}
