package dev.wsmesh.websocket;

import dev.wsmesh.protocol.Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where a node listens, as it says in its Hello: a URL without its host, as in {@code wss://:8443/mesh}. */
public final class Endpoint {

    private static final Pattern FORM = Pattern.compile("(wss?://)(:\\d{1,5}(?:/[^\\s?#]*)?)");

    private Endpoint() {}

    /** The text for the Hello of a node that listens at this port and path. */
    public static String of(boolean tls, int port, String path) {
        return (tls ? "wss://:" : "ws://:") + port + path;
    }

    /** Where others can dial the peer of this link; null if they cannot, or if that is where this node dialled it. */
    static @Nullable Address forOthers(LinkSession link, String endpoint) {
        Address dialled = link.dialled();
        return dialled == null ? seenAt(link.otherEnd().address(), endpoint) : Locator.unpinned(dialled);
    }

    /** Where a peer that says this can be dialled, seen from here; null if it cannot, or said nothing that makes sense. */
    static @Nullable Address seenAt(@Nullable InetSocketAddress remote, String endpoint) {
        Matcher form = FORM.matcher(endpoint);
        if (remote == null || remote.getAddress() == null || !form.matches()) {
            return null;
        }
        try {
            String url = form.group(1) + host(remote.getAddress()) + form.group(2);
            return new Address(PeerUrl.parse(url).toString());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String host(InetAddress address) {
        String text = address.getHostAddress();
        if (!(address instanceof Inet6Address)) {
            return text;
        }
        int zone = text.indexOf('%');
        return "[" + (zone < 0 ? text : text.substring(0, zone)) + "]";
    }
}
