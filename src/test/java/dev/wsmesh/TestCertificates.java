package dev.wsmesh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Certificates of an authority that lives as long as a test, made by the JDK's keytool, with their keys as PEM files. */
public final class TestCertificates {

    private static final String PASSWORD = "not-a-secret";

    private final Path directory;

    /** Makes authorities and certificates in this directory. */
    public TestCertificates(Path directory) {
        this.directory = directory;
    }

    /** Makes an authority of this name; {@link #certificate} then gives its own certificate, to be trusted. */
    public TestCertificates authority(String name) throws Exception {
        keytool(name, "-genkeypair", "-dname", "CN=" + name, "-ext", "bc:c", "-validity", "30");
        return export(name);
    }

    /** Makes a certificate of the authority for this name or address, like {@code dns:localhost}. */
    public TestCertificates signed(String name, String authority, String subject) throws Exception {
        return signed(name, authority, subject, "-1d", "30");
    }

    /** The same, whose time was over yesterday. */
    public TestCertificates expired(String name, String authority, String subject) throws Exception {
        return signed(name, authority, subject, "-3d", "2");
    }

    public Path certificate(String name) {
        return directory.resolve(name + ".pem");
    }

    public Path key(String name) {
        return directory.resolve(name + "-key.pem");
    }

    /** Puts another certificate and key in the place of these, at once, as renewal does. */
    public void renew(String name, String by) throws IOException {
        replace(key(name), key(by));
        replace(certificate(name), certificate(by));
    }

    /** The properties of a PEM bundle with this certificate and key, and this trust; empty for neither. */
    public List<String> bundle(String bundle, String own, String trusted) {
        String prefix = "--spring.ssl.bundle.pem." + bundle + ".";
        List<String> properties = new ArrayList<>();
        if (!own.isEmpty()) {
            properties.add(prefix + "keystore.certificate=file:" + certificate(own));
            properties.add(prefix + "keystore.private-key=file:" + key(own));
        }
        if (!trusted.isEmpty()) {
            properties.add(prefix + "truststore.certificate=file:" + certificate(trusted));
        }
        return properties;
    }

    private TestCertificates signed(String name, String authority, String subject, String start, String days)
            throws Exception {
        keytool(
                name,
                "-genkeypair",
                "-signer",
                authority,
                "-dname",
                "CN=" + name,
                "-ext",
                "san=" + subject,
                "-startdate",
                start,
                "-validity",
                days);
        return export(name);
    }

    private void keytool(String alias, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-keyalg",
                "EC",
                "-alias",
                alias,
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store().toString()));
        command.addAll(List.of(arguments));
        Process keytool = new ProcessBuilder(command).inheritIO().start();
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool failed for " + alias);
        }
    }

    private TestCertificates export(String alias) throws Exception {
        KeyStore store = KeyStore.getInstance(store().toFile(), PASSWORD.toCharArray());
        StringBuilder chain = new StringBuilder();
        for (Certificate certificate : store.getCertificateChain(alias)) {
            chain.append(pem("CERTIFICATE", certificate.getEncoded()));
        }
        Files.writeString(certificate(alias), chain);
        Key key = store.getKey(alias, PASSWORD.toCharArray());
        Files.writeString(key(alias), pem("PRIVATE KEY", key.getEncoded()));
        return this;
    }

    private Path store() {
        return directory.resolve("all.p12");
    }

    private static void replace(Path file, Path by) throws IOException {
        Path copy = Files.copy(by, file.resolveSibling(file.getFileName() + ".new"));
        Files.move(copy, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String pem(String type, byte[] bytes) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        return "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n";
    }
}
