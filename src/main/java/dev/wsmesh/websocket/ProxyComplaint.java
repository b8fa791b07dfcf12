package dev.wsmesh.websocket;

import jakarta.websocket.DeploymentException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a proxy did instead of opening a way to a peer, and what to do about it. */
public final class ProxyComplaint {

    /** Tomcat's messages have their values in brackets, in every language. */
    private static final Pattern STATUS = Pattern.compile("\\[([0-9]{3})]");

    private static final String AUTHENTICATION_REQUIRED = "407";

    private ProxyComplaint() {}

    /** Null if the failure is not the proxy's: the only TCP connection of such a dial is the one to the proxy. */
    static @Nullable String of(ProxyServer proxy, PeerUrl url, Throwable failure) {
        return switch (failure) {
            case UnknownHostException _ -> noAddress(proxy);
            case UnresolvedAddressException _ -> noAddress(proxy);
            case ConnectException refused -> unreachable(proxy, refused);
            case NoRouteToHostException noRoute -> unreachable(proxy, noRoute);
            case DeploymentException deployment
            when deployment.getCause() == null -> refusal(proxy, url, String.valueOf(deployment.getMessage()));
            // Tomcat says so of a proxy and of a peer alike, and has nothing to offer to either.
            case Exception challenged
            when DialException.isChallenge(challenged) && proxy.authorization() == null ->
                "the proxy " + proxy
                        + " (407), or the peer behind it (401), asks for credentials; those for the proxy are"
                        + " given as http://user:password@host:port in " + proxy.source()
                        + ", those for the peer in a header";
            default -> null;
        };
    }

    /** Of a proxy whose name means nothing. */
    public static String noAddress(ProxyServer proxy) {
        return "the host name of the proxy " + proxy + " has no address; check " + proxy.source();
    }

    /** Of a proxy that takes no connection. */
    public static String unreachable(ProxyServer proxy, Exception failure) {
        String why = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        return "the proxy " + proxy + " cannot be reached (" + why + "); check " + proxy.source();
    }

    private static @Nullable String refusal(ProxyServer proxy, PeerUrl url, String message) {
        Matcher statuses = STATUS.matcher(message);
        String status = statuses.find() ? statuses.group(1) : "no status";
        return status.equals(AUTHENTICATION_REQUIRED) || message.contains(proxy.toString())
                ? refused(proxy, url, status)
                : null;
    }

    /** Of a proxy that answers with this status instead of opening a way. */
    public static String refused(ProxyServer proxy, PeerUrl url, String status) {
        if (status.equals(AUTHENTICATION_REQUIRED)) {
            return proxy.authorization() == null
                    ? "the proxy " + proxy + " asks for credentials in a way other than Basic (407)"
                    : "the proxy " + proxy + " does not accept the user and password of " + proxy.source() + " (407)";
        }
        String peer = url.uri().getHost() + ":" + url.port();
        return switch (status) {
            case "403" ->
                "the proxy " + proxy + " refuses a way to " + peer
                        + " (403); allow CONNECT to that host and port there";
            case "502", "503", "504" ->
                "the proxy " + proxy + " does not reach " + peer + " (" + status + "); see whether the peer runs, and"
                        + " has that address where the proxy is";
            default ->
                "the proxy " + proxy + " does not open a way to " + peer + " (" + status + "); check that "
                        + proxy.source() + " names an HTTP proxy that allows CONNECT";
        };
    }
}
