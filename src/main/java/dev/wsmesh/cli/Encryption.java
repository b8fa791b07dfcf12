package dev.wsmesh.cli;

import dev.wsmesh.websocket.PeerUrl;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** TLS to a peer, under its name, whatever the address. */
final class Encryption {

    /** A certificate that ends sooner should have been renewed: usual certificates are at a third of their life. A guess. */
    private static final Duration SOON = Duration.ofDays(14);

    private final PeerUrl url;
    private final X509ExtendedTrustManager trust;

    private final Asked asked = new Asked();

    Encryption(PeerUrl url, X509ExtendedTrustManager trust) {
        this.url = url;
        this.trust = trust;
    }

    /** Whether the peer asked for a certificate of ours, and got none. */
    boolean isAskedForCertificate() {
        return asked.asked;
    }

    SSLSocket over(Socket socket, Findings findings) throws IOException, HopFailure {
        CertificateJudge judge = new CertificateJudge(url, trust);
        SSLSocket secured = (SSLSocket) context(judge, asked)
                .getSocketFactory()
                .createSocket(socket, bare(url.uri().getHost()), url.port(), true);
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(parameters);
        try {
            secured.startHandshake();
        } catch (SSLException e) {
            throw judge.failure(e);
        }
        report(findings, secured, judge.certificate());
        return secured;
    }

    private void report(Findings findings, SSLSocket secured, @Nullable X509Certificate certificate) {
        String protocol = secured.getSession().getProtocol();
        if (certificate == null) {
            findings.ok(Hop.TLS, protocol);
            return;
        }
        String text = protocol + "; " + CertificateJudge.described(certificate);
        if (asked.asked) {
            findings.warning(Hop.TLS, text + "; it asks for a certificate of ours, and doctor has none to show");
        } else if (certificate.getNotAfter().toInstant().isBefore(Instant.now().plus(SOON))) {
            findings.warning(Hop.TLS, text + ", which is soon");
        } else {
            findings.ok(Hop.TLS, text);
        }
    }

    private static SSLContext context(TrustManager trust, KeyManager keys) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {keys}, new TrustManager[] {trust}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime has no TLS", e);
        }
    }

    private static String bare(String host) {
        return host.replaceAll("[\\[\\]]", "");
    }

    /** Has no certificate, and notices when it is asked for one. */
    private static final class Asked extends X509ExtendedKeyManager {

        private boolean asked;

        @Override
        public @Nullable String chooseClientAlias(
                String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
            asked = true;
            return null;
        }

        @Override
        public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseServerAlias(
                String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null;
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            return null;
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            return null;
        }
    }
}
