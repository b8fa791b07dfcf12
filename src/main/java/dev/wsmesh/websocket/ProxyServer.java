package dev.wsmesh.websocket;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP proxy that is asked by CONNECT for a way to a peer.
 *
 * @param source where it was given, for complaints: {@code mesh.proxy} or an environment variable
 * @param host a name or an address, IPv6 in brackets
 * @param authorization the value of the header with its credentials; never shown
 */
public record ProxyServer(
        String source, String host, int port, @Nullable String authorization) {

    private static final int MAX_PORT = 65_535;

    /**
     * Parses {@code http://[user:password@]host:port}; as curl has it, the scheme may be left out.
     *
     * @throws IllegalArgumentException if it is anything else; the message names the value without its credentials, and
     *     the rule
     */
    public static ProxyServer parse(String source, String text) {
        String stripped = text.strip();
        URI uri = parseUri(stripped);
        String complaint = complaint(uri);
        if (complaint != null) {
            throw invalid(stripped, complaint);
        }
        return new ProxyServer(source, uri.getHost(), uri.getPort(), authorization(uri.getRawUserInfo()));
    }

    /** Anything that a user wrote as a proxy, without the credentials in it. */
    public static String withoutCredentials(String text) {
        return text.replaceFirst("(?s)^([A-Za-z0-9+.-]*://)?.*@", "$1***@");
    }

    /** What must not be shown of a proxy as a user wrote it: credentials, password alone, as written and as meant, and what is sent. */
    public static List<String> secrets(String text) {
        String written = parseUri(text.strip()).getRawUserInfo();
        if (written == null) {
            return List.of();
        }
        String password = written.substring(written.indexOf(':') + 1);
        return List.of(written + "@", password, decoded(password), base64(written));
    }

    /** Without the credentials. */
    @Override
    public String toString() {
        return "http://" + host + ":" + port;
    }

    private static URI parseUri(String text) {
        try {
            return new URI(text.contains("://") ? text : "http://" + text);
        } catch (URISyntaxException e) {
            throw invalid(text, "it is not a URL; in a user name or password write special characters as %40 for '@'");
        }
    }

    private static @Nullable String complaint(URI uri) {
        if (!"http".equalsIgnoreCase(uri.getScheme())) {
            return "it must begin with http://; proxies that are themselves reached by TLS or SOCKS are not supported";
        }
        if (uri.getHost() == null || uri.getPort() < 1 || uri.getPort() > MAX_PORT) {
            return "it needs a host without '_' and a port from 1 to 65535, like http://proxy.example.org:3128";
        }
        if (uri.getRawQuery() != null
                || uri.getRawFragment() != null
                || !uri.getRawPath().matches("/?")) {
            return "it has no path, query or fragment; write it like http://proxy.example.org:3128";
        }
        return null;
    }

    private static @Nullable String authorization(@Nullable String rawUserInfo) {
        if (rawUserInfo == null) {
            return null;
        }
        return "Basic " + base64(rawUserInfo);
    }

    private static String base64(String rawUserInfo) {
        String credentials = rawUserInfo.contains(":") ? decoded(rawUserInfo) : decoded(rawUserInfo) + ":";
        return Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }

    private static String decoded(String rawUserInfo) {
        // The decoder is one for forms, where '+' is a space.
        return URLDecoder.decode(rawUserInfo.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static IllegalArgumentException invalid(String text, String complaint) {
        return new IllegalArgumentException("'" + withoutCredentials(text) + "' is not an HTTP proxy: " + complaint);
    }
}
