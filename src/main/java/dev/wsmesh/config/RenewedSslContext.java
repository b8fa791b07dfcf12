package dev.wsmesh.config;

import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/** The context of an SSL bundle, made anew when the bundle's files are renewed. Thread-safe. */
final class RenewedSslContext implements Supplier<SSLContext> {

    private static final Logger log = LoggerFactory.getLogger(RenewedSslContext.class);

    private final String bundle;
    private volatile SSLContext context;

    private RenewedSslContext(String bundle, SSLContext context) {
        this.bundle = bundle;
        this.context = context;
    }

    static RenewedSslContext of(String bundle, SslBundles bundles) {
        try {
            RenewedSslContext renewed =
                    new RenewedSslContext(bundle, bundles.getBundle(bundle).createSslContext());
            bundles.addBundleUpdateHandler(bundle, renewed::renew);
            return renewed;
        } catch (NoSuchSslBundleException e) {
            throw new InvalidPropertyException(
                    "mesh.ssl.bundle",
                    "'" + bundle + "' is not the name of an SSL bundle; define it under spring.ssl.bundle");
        }
    }

    @Override
    public SSLContext get() {
        return context;
    }

    private void renew(SslBundle renewed) {
        try {
            context = renewed.createSslContext();
            log.info("peers are dialled with the renewed SSL bundle '{}'", bundle);
        } catch (RuntimeException e) {
            log.error("the renewed SSL bundle '{}' cannot be used; the one before stays", bundle, e);
        }
    }
}
