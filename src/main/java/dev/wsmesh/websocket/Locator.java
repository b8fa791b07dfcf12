package dev.wsmesh.websocket;

import dev.wsmesh.protocol.Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds out at which addresses a configured peer is now. A name with several addresses stands for as many nodes: a scaled
 * service of docker-compose, a headless service of Kubernetes.
 */
public final class Locator {

    /** Behind it stands, in an {@link Address}, the one of its host's addresses that is meant. */
    private static final char PIN = '#';

    private final Resolver resolver;
    private final Predicate<PeerTarget> proxied;

    /** Asks the system for names; a port for tests. */
    @FunctionalInterface
    public interface Resolver {

        /** All addresses of a name. */
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    /**
     * Creates a locator.
     *
     * @param proxied whether a proxy stands between: it knows the name, and we need not
     */
    public Locator(Resolver resolver, Predicate<PeerTarget> proxied) {
        this.resolver = resolver;
        this.proxied = proxied;
    }

    /**
     * The places to dial: the target itself, or one for each of its addresses. A name below {@code localhost} is always dialled at
     * an address, so that it is known whether that is on this machine.
     *
     * @param pinned whether one address is pinned as well: there were several, and it is one of them
     * @throws UnknownHostException if its name has none at the moment
     */
    List<PeerTarget> locate(PeerTarget target, boolean pinned) throws UnknownHostException {
        if (proxied.test(target)) {
            return List.of(target);
        }
        InetAddress[] found = resolver.resolve(target.url().uri().getHost());
        // A host with an IPv4 and an IPv6 address is one node: the family that the system prefers is enough.
        List<InetAddress> addresses = new ArrayList<>(Arrays.stream(found)
                .filter(each -> each.getClass() == found[0].getClass())
                .distinct()
                .toList());
        boolean byName = target.url().isLoopbackForCertain() || !target.url().isLoopback();
        if (addresses.size() <= 1 && !pinned && byName) {
            return List.of(target);
        }
        addresses.sort(Comparator.comparing(InetAddress::getHostAddress));
        return addresses.stream().map(target::at).toList();
    }

    /** An address that others can dial as well, of one that is pinned; null of any other, and where the name has to count. */
    static @Nullable Address unpinned(Address address) {
        String url = address.url();
        int pin = url.indexOf(PIN);
        if (pin < 0 || !url.startsWith("ws://")) {
            return null;
        }
        String literal = url.substring(pin + 1);
        String host = PeerUrl.parse(url.substring(0, pin)).uri().getHost();
        String pinned = literal.indexOf(':') < 0 ? literal : "[" + literal + "]";
        return new Address(url.substring(0, pin).replaceFirst(Pattern.quote(host), Matcher.quoteReplacement(pinned)));
    }

    /** Whether an address of a target is on this machine; a name that is not pinned is not, whatever it may mean, but {@code localhost}. */
    static boolean isLoopback(Address address) {
        String url = address.url();
        int pin = url.indexOf(PIN);
        return pin < 0
                ? PeerUrl.parse(url).isLoopbackForCertain()
                : InetAddress.ofLiteral(url.substring(pin + 1)).isLoopbackAddress();
    }

    /** How the core names a target. */
    static Address address(PeerTarget target) {
        InetAddress pinned = target.pinned();
        String url = target.url().toString();
        return new Address(pinned == null ? url : url + PIN + pinned.getHostAddress());
    }
}
