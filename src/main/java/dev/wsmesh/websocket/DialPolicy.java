package dev.wsmesh.websocket;

import dev.wsmesh.protocol.Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which addresses are dialled that other nodes, or operators at run time, have named. They are members of the mesh, and yet nobody shall use this node to
 * knock at doors that only it can reach: its own machine, its network segment, the cloud's metadata service.
 */
public final class DialPolicy {

    /** Where clouds answer questions about a machine, besides the link-local addresses (AWS, Alibaba, Azure, Oracle). */
    private static final Set<String> METADATA =
            Set.of("fd00:ec2:0:0:0:0:0:254", "100.100.100.200", "168.63.129.16", "192.0.0.192");

    private final BooleanSupplier onThisMachine;
    private final Locator.Resolver resolver;
    private final Predicate<PeerTarget> proxied;

    /**
     * Creates a policy.
     *
     * @param onThisMachine whether the whole mesh is on this machine, as far as is known: then its addresses may be loopback
     * @param proxied whether a proxy stands between, which resolves names by itself: then only addresses can be judged
     */
    public DialPolicy(BooleanSupplier onThisMachine, Locator.Resolver resolver, Predicate<PeerTarget> proxied) {
        this.onThisMachine = onThisMachine;
        this.resolver = resolver;
        this.proxied = proxied;
    }

    /**
     * Whether this could be dialled, as far as that can be told without a look-up, which could block: whoever asks may hold a lock.
     * Other names are resolved, and judged, when they are dialled.
     */
    public boolean mayDial(Address address) {
        try {
            PeerUrl url = PeerUrl.parse(address.url());
            if (url.isLoopback()) {
                return onThisMachine.getAsBoolean();
            }
            String host = url.uri().getHost();
            return !isLiteral(host) || allows(InetAddress.ofLiteral(strip(host)));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Why this URL is not dialled whoever names it at run time; null if it may be, as far as can be told without its name. */
    @Nullable
    String complaint(PeerUrl url) {
        return mayDial(new Address(url.toString()))
                ? null
                : "'" + url
                        + "' is not dialled: it is within this machine or its network segment, and this mesh is not;"
                        + " give an address that other machines have, or configure it (mesh.peers)";
    }

    /**
     * What is to be dialled of a target that was named at run time: it, at an address that was judged, and not at what its name
     * may mean a moment later. Blocks, for a look-up. A name that a proxy resolves is not looked up, because it may mean nothing here, or something else:
     * of such a one only {@code localhost} and what is below it is judged, and where else it leads is for the proxy to allow.
     *
     * @throws DialException if it is not to be dialled
     */
    PeerTarget judged(PeerTarget target) throws DialException {
        InetAddress pinned = target.pinned();
        String host = target.url().uri().getHost();
        boolean proxiedName = pinned == null && !isLiteral(host) && proxied.test(target);
        if (proxiedName && target.url().isLoopback() && !onThisMachine.getAsBoolean()) {
            throw withinReach();
        }
        if (proxiedName) {
            return target;
        }
        try {
            InetAddress[] found = pinned == null ? resolver.resolve(strip(host)) : new InetAddress[] {pinned};
            for (InetAddress each : found) {
                if (!allows(each)) {
                    throw withinReach();
                }
            }
            return asksNobody(host) || proxied.test(target) ? target : target.at(found[0]);
        } catch (UnknownHostException e) {
            throw DialException.of(target.url(), e);
        }
    }

    /**
     * What is to be dialled of a target that stood in the configuration, wherever it leads: it, at the address that its name has now. The
     * WebSocket client would look the name up as well, but as many names at a time as it is given. Blocks, for a look-up; behind a
     * proxy there is none.
     *
     * @throws DialException if its name has no address
     */
    PeerTarget configured(PeerTarget target) throws DialException {
        String host = target.url().uri().getHost();
        boolean isProxied = proxied.test(target) || Connector.isProxiedByPlatform(target);
        if (target.pinned() != null || asksNobody(host) || isProxied) {
            return target;
        }
        try {
            InetAddress found = resolver.resolve(host)[0];
            // Other clients check certificates against what they dial; they find the name in Java's own cache.
            return Connector.knowsProxiesAndTls() ? target.at(found) : target;
        } catch (UnknownHostException e) {
            throw DialException.of(target.url(), e);
        }
    }

    private static DialException withinReach() {
        return DialException.notAllowed("it was named at run time, by another node or an operator, and is within"
                + " this machine, its network segment, or a cloud's own service");
    }

    /**
     * What is to be dialled at an address that another node has named.
     *
     * @throws DialException if it is not to be dialled
     */
    PeerTarget target(Address address) throws DialException {
        try {
            return judged(new PeerTarget(PeerUrl.parse(address.url()), Map.of(), false));
        } catch (IllegalArgumentException e) {
            // A pinned address that is no longer configured, or what another node has made up.
            throw DialException.notAllowed(String.valueOf(e.getMessage()));
        }
    }

    private boolean allows(InetAddress address) {
        if (address.isLoopbackAddress()) {
            return onThisMachine.getAsBoolean();
        }
        return !address.isAnyLocalAddress()
                && !address.isLinkLocalAddress()
                && !address.isMulticastAddress()
                && !METADATA.contains(address.getHostAddress())
                && !isTranslated(address);
    }

    /** An IPv4 address in the guise of an IPv6 one (RFC 6052): no node sees another so. */
    private static boolean isTranslated(InetAddress address) {
        return address instanceof Inet6Address && address.getHostAddress().startsWith("64:ff9b:");
    }

    /** Whether no name server is asked for it. */
    private static boolean asksNobody(String host) {
        return isLiteral(host) || host.equalsIgnoreCase("localhost");
    }

    private static boolean isLiteral(String host) {
        return host.startsWith("[") || host.matches("[0-9.]+");
    }

    private static String strip(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
