package dev.wsmesh.websocket;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The hosts that are reached without a proxy. */
public final class ProxyExceptions {

    /** No host at all, loopback neither. */
    public static final ProxyExceptions NONE = new ProxyExceptions(List.of());

    private static final Pattern WITH_PORT = Pattern.compile("([^:]+|\\[[^]]+]):([0-9]{1,5})");

    /** Each says of a host, in lower case and without brackets, and its port whether it is an exception. */
    private final List<BiPredicate<String, Integer>> entries;

    private ProxyExceptions(List<BiPredicate<String, Integer>> entries) {
        this.entries = List.copyOf(entries);
    }

    /**
     * Loopback, and what {@code NO_PROXY} lists, as curl reads it: hosts separated by commas or spaces, each with the
     * hosts below it, with or without a leading dot; addresses and CIDR blocks; {@code *} for all. Unlike with curl, an entry
     * may end in a port. What is none of these is ignored.
     */
    public static ProxyExceptions parse(String noProxy) {
        List<BiPredicate<String, Integer>> entries = new ArrayList<>();
        entries.add((host, _) -> isLoopback(host));
        for (String entry : noProxy.split("[,\\s]+", -1)) {
            if (entry.equals("*")) {
                entries.add((_, _) -> true);
            } else if (!entry.isEmpty()) {
                entries.add(entry(entry));
            }
        }
        return new ProxyExceptions(entries);
    }

    boolean contain(String host, int port) {
        String bare = bare(host);
        return entries.stream().anyMatch(entry -> entry.test(bare, port));
    }

    private static BiPredicate<String, Integer> entry(String text) {
        Matcher withPort = WITH_PORT.matcher(text);
        if (withPort.matches()) {
            int only = Integer.parseInt(withPort.group(2));
            BiPredicate<String, Integer> hosts = entry(withPort.group(1));
            return (host, port) -> port == only && hosts.test(host, port);
        }
        int slash = text.indexOf('/');
        if (slash > 0) {
            return block(text.substring(0, slash), text.substring(slash + 1));
        }
        String wanted = bare(text.startsWith(".") ? text.substring(1) : text);
        @Nullable InetAddress address = literal(wanted);
        if (address != null) {
            return (host, _) -> address.equals(literal(host));
        }
        return (host, _) -> host.equals(wanted) || (host.endsWith("." + wanted) && literal(host) == null);
    }

    private static BiPredicate<String, Integer> block(String prefix, String length) {
        @Nullable InetAddress network = literal(bare(prefix));
        if (network == null || !length.matches("[0-9]{1,3}")) {
            return (_, _) -> false;
        }
        byte[] wanted = network.getAddress();
        int bits = Integer.parseInt(length);
        return (host, _) -> {
            @Nullable InetAddress address = literal(host);
            return address != null && bits <= wanted.length * 8 && share(wanted, address.getAddress(), bits);
        };
    }

    private static boolean share(byte[] one, byte[] other, int bits) {
        if (one.length != other.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit % 8);
            if (((one[bit / 8] ^ other[bit / 8]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLoopback(String host) {
        @Nullable InetAddress address = literal(host);
        return host.equals("localhost")
                || host.endsWith(".localhost")
                || (address != null && address.isLoopbackAddress());
    }

    /** In lower case, without the brackets of an IPv6 address and without the dot at the end of a full name. */
    private static String bare(String host) {
        return host.replaceAll("[\\[\\]]|\\.$", "").toLowerCase(Locale.ROOT);
    }

    /** Never asks anybody for the address of a name. */
    private static @Nullable InetAddress literal(String host) {
        try {
            return InetAddress.ofLiteral(host);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
