package dev.wsmesh.cli;

import dev.wsmesh.websocket.PeerTarget;
import dev.wsmesh.websocket.PeerUrl;
import dev.wsmesh.websocket.ProxyServer;
import dev.wsmesh.websocket.ProxySettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The way to a peer, gone over plain sockets: the client that nodes dial with would tell no more than that it did not arrive. What
 * it decides, it decides as that one does.
 */
final class Way {

    private final PeerUrl url;
    private final ProxySettings proxies;
    private final X509ExtendedTrustManager trust;
    private final Map<String, String> headers;
    private final Duration timeout;

    /**
     * Creates a way that has not been gone.
     *
     * @param headers of the upgrade
     * @param timeout bounds each hop
     */
    Way(
            PeerUrl url,
            ProxySettings proxies,
            X509ExtendedTrustManager trust,
            Map<String, String> headers,
            Duration timeout) {
        this.url = url;
        this.proxies = proxies;
        this.trust = trust;
        this.headers = headers;
        this.timeout = timeout;
    }

    /** Goes as far as it leads. */
    void go(Findings findings, Membership membership) throws HopFailure {
        ProxyServer proxy = route();
        findings.ok(Hop.ROUTE, proxy == null ? "direct" : "by the proxy " + proxy + ", from " + proxy.source());
        String host = proxy == null ? url.uri().getHost() : proxy.host();
        int port = proxy == null ? url.port() : proxy.port();
        InetAddress[] addresses = resolve(host, proxy);
        findings.ok(Hop.DNS, host + " is " + shown(addresses));
        try (Socket socket = connect(addresses, port, proxy, findings)) {
            if (proxy != null) {
                new Tunnel(proxy, url).open(socket);
                findings.ok(Hop.PROXY, "a way to " + url.uri().getHost() + ":" + url.port() + " is open");
            }
            Encryption encryption = new Encryption(url, trust);
            Socket secured = url.isSecure() ? encryption.over(socket, findings) : socket;
            Wire wire = new Upgrade(url, headers, encryption.isAskedForCertificate()).on(secured, findings);
            membership.prove(wire, findings);
        } catch (SocketTimeoutException e) {
            throw timedOut(underWay(findings, proxy), e);
        } catch (IOException e) {
            throw new HopFailure(
                    underWay(findings, proxy),
                    "the connection broke (" + e.getMessage() + ")",
                    "look into the peer's log, and into that of what stands between");
        }
    }

    /** As a node decides: what is configured, else what the platform says. */
    private @Nullable ProxyServer route() {
        PeerTarget target = new PeerTarget(url, Map.of(), false);
        if (proxies.decide(target)) {
            return proxies.of(target);
        }
        ProxySelector platform = ProxySelector.getDefault();
        URI asHttp = URI.create((url.isSecure() ? "https" : "http") + "://" + url.hostAndPort() + "/");
        List<Proxy> all = platform == null ? List.of() : platform.select(asHttp);
        return all.stream()
                .filter(each -> each.type() == Proxy.Type.HTTP)
                .map(each -> (InetSocketAddress) each.address())
                .map(each ->
                        new ProxyServer("the Java platform's settings", each.getHostString(), each.getPort(), null))
                .findFirst()
                .orElse(null);
    }

    private InetAddress[] resolve(String host, @Nullable ProxyServer proxy) throws HopFailure {
        try {
            return InetAddress.getAllByName(host.replaceAll("[\\[\\]]", ""));
        } catch (UnknownHostException e) {
            if (proxy != null) {
                throw new HopFailure(
                        Hop.DNS, "the host name of the proxy " + proxy + " has no address", "check " + proxy.source());
            }
            throw new HopFailure(
                    Hop.DNS,
                    "the host name " + host + " has no address here",
                    "check its spelling, and this machine's name server; in a container, whether both are in one network");
        }
    }

    /** Each address is tried, for each of them may be a node; the way goes on from the first that answers. */
    private Socket connect(InetAddress[] addresses, int port, @Nullable ProxyServer proxy, Findings findings)
            throws HopFailure {
        Socket first = null;
        List<String> silent = new ArrayList<>();
        IOException failure = null;
        for (InetAddress address : addresses) {
            try {
                Socket socket = connected(address, port);
                if (first == null) {
                    first = socket;
                } else {
                    close(socket);
                }
            } catch (IOException e) {
                failure = e;
                silent.add(address.getHostAddress() + " (" + why(e) + ")");
            }
        }
        if (first == null) {
            throw nobody(port, proxy, silent, failure);
        }
        String answers = first.getInetAddress().getHostAddress() + " takes connections on port " + port;
        if (silent.isEmpty()) {
            findings.ok(Hop.TCP, answers);
        } else {
            findings.warning(Hop.TCP, answers + "; not so " + String.join(", ", silent));
        }
        return first;
    }

    private Socket connected(InetAddress address, int port) throws IOException {
        int millis = Math.toIntExact(timeout.toMillis());
        Socket socket = new Socket(Proxy.NO_PROXY);
        try {
            socket.connect(new InetSocketAddress(address, port), millis);
            socket.setSoTimeout(millis);
            socket.setTcpNoDelay(true);
            return socket;
        } catch (IOException e) {
            close(socket);
            throw e;
        }
    }

    private HopFailure nobody(
            int port, @Nullable ProxyServer proxy, List<String> silent, @Nullable IOException failure) {
        String problem = "nobody answers on port " + port + " of " + String.join(", ", silent);
        if (proxy != null) {
            return new HopFailure(
                    Hop.TCP, problem + ", the proxy's", "check " + proxy.source() + ", and whether the proxy runs");
        }
        boolean timedOut = failure instanceof SocketTimeoutException;
        return new HopFailure(
                Hop.TCP,
                problem,
                timedOut
                        ? "a firewall may be between, or the address is another machine's; if there is a proxy, name it"
                                + " (HTTPS_PROXY, --proxy)"
                        : "see whether the node runs there, on that port, and is bound to an address that is reached from here"
                                + " (mesh.bind=0.0.0.0:" + port + ")");
    }

    private static HopFailure timedOut(Hop hop, SocketTimeoutException failure) {
        return new HopFailure(
                hop,
                "no answer in time (" + failure.getMessage() + ")",
                switch (hop) {
                    case TLS, UPGRADE ->
                        "what listens there may be no web server, or hang; look at it, or give --timeout";
                    case PROXY -> "the proxy does not answer CONNECT; ask who runs it";
                    default -> "the peer is slow, or hangs; look into its log, or give --timeout";
                });
    }

    /** The hop after the last that was found to be well. */
    private Hop underWay(Findings findings, @Nullable ProxyServer proxy) {
        Hop last = findings.all().getLast().hop();
        return Arrays.stream(Hop.values())
                .filter(hop -> hop.compareTo(last) > 0)
                .filter(hop -> hop != Hop.PROXY || proxy != null)
                .filter(hop -> hop != Hop.TLS || url.isSecure())
                .findFirst()
                .orElse(last);
    }

    private static String why(IOException failure) {
        return failure instanceof SocketTimeoutException
                ? "no answer in time"
                : String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new IllegalStateException("a socket cannot be closed", e);
        }
    }

    private static String shown(InetAddress[] addresses) {
        return Arrays.stream(addresses).map(InetAddress::getHostAddress).collect(Collectors.joining(", "));
    }
}
