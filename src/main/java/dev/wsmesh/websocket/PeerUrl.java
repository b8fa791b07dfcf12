package dev.wsmesh.websocket;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a peer is dialled: a {@code ws://} or {@code wss://} URL with a host, and optionally a port, a path and a query.
 *
 * @param uri the URL, scheme in lower case, without a fragment (RFC 6455, section 3) and without user information
 */
public record PeerUrl(URI uri) {

    /** With the names that mean this machine, whoever is asked for them (RFC 6761, 6.3). */
    private static final Pattern LOOPBACK = Pattern.compile("(?i)(.+\\.)?localhost\\.?|127\\.[0-9.]+|\\[::1]");

    private static final Pattern SUBDOMAIN = Pattern.compile("(?i).+\\.localhost\\.?");

    private static final int MAX_PORT = 65_535;

    /**
     * Parses a peer URL.
     *
     * @throws IllegalArgumentException if it is anything else; the message names the value and the rule
     */
    public static PeerUrl parse(String text) {
        URI uri = parseUri(text.strip());
        String complaint = complaint(uri);
        if (complaint != null) {
            throw invalid(text, complaint);
        }
        return new PeerUrl(uri);
    }

    /** Whether it says that the peer is on this machine, without asking for what a name means. */
    public boolean isLoopback() {
        return LOOPBACK.matcher(uri.getHost()).matches();
    }

    /** The same, and no resolver can mean anything else by it: not so for the names below {@code localhost}, which may be an alias. */
    boolean isLoopbackForCertain() {
        return isLoopback() && !SUBDOMAIN.matcher(uri.getHost()).matches();
    }

    /** Whether the peer is reached over TLS. */
    public boolean isSecure() {
        return uri.getScheme().equals("wss");
    }

    /** The port that is dialled, be it written or not. */
    public int port() {
        return uri.getPort() == -1 ? defaultPort() : uri.getPort();
    }

    /** As the {@code Host} header has it. */
    public String hostAndPort() {
        return port() == defaultPort() ? uri.getHost() : uri.getHost() + ":" + port();
    }

    /** Whether both mean the same place, however they are written: an empty path is the root, and a host's case means nothing. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PeerUrl url && meaning().equals(url.meaning());
    }

    @Override
    public int hashCode() {
        return meaning().hashCode();
    }

    private String meaning() {
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return uri.getScheme() + "://" + uri.getHost().toLowerCase(Locale.ROOT) + ":" + port() + path + query;
    }

    /** As it was written. */
    @Override
    public String toString() {
        return uri.toString();
    }

    private int defaultPort() {
        return isSecure() ? 443 : 80;
    }

    private static URI parseUri(String text) {
        try {
            URI uri = new URI(text);
            String scheme = uri.getScheme();
            return scheme == null ? uri : new URI(scheme.toLowerCase(Locale.ROOT) + text.substring(scheme.length()));
        } catch (URISyntaxException e) {
            throw invalid(text, "it is not a URL (" + e.getReason() + " at character " + (e.getIndex() + 1) + ")");
        }
    }

    private static @Nullable String complaint(URI uri) {
        String scheme = uri.getScheme();
        if (scheme == null || !(scheme.equals("ws") || scheme.equals("wss"))) {
            return "it must begin with ws:// or wss://";
        }
        if (uri.getRawUserInfo() != null) {
            return "user information is not allowed in it; send credentials in a header (mesh.peers[n].headers)";
        }
        if (uri.getHost() == null) {
            return hostComplaint(uri);
        }
        if (!uri.toString().equals(uri.toASCIIString())) {
            return "it may have no characters beyond ASCII; write it as " + uri.toASCIIString();
        }
        if (uri.getPort() == 0 || uri.getPort() > MAX_PORT) {
            return "its port must be from 1 to 65535";
        }
        if (uri.getRawFragment() != null) {
            return "a WebSocket URL has no fragment ('#...')";
        }
        return null;
    }

    private static String hostComplaint(URI uri) {
        String authority = uri.getRawAuthority();
        if (authority != null && authority.indexOf('_') >= 0) {
            return "a host name in a URL has no '_' (RFC 952); give the peer a network alias without one";
        }
        if (authority != null && authority.chars().anyMatch(character -> character >= 0x80)) {
            return "a host name beyond ASCII is written in its ASCII form, which begins with xn-- (RFC 5891)";
        }
        return "it needs a host, and a port from 1 to 65535 if any, like ws://node1:8080";
    }

    private static IllegalArgumentException invalid(String text, String complaint) {
        String shown = text.replaceAll("//[^/@]*@", "//***@");
        return new IllegalArgumentException("'" + shown + "' is not a peer URL: " + complaint);
    }
}
