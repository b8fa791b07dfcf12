package dev.wsmesh.node;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a node listens: {@code host:port}, as in {@code localhost:8085}, {@code 0.0.0.0:8080} or {@code [::1]:0}.
 *
 * @param host a name or an address, without brackets
 * @param port 0 to 65535; 0 lets the system choose a free one
 */
public record BindAddress(String host, int port) {

    private static final Pattern FORM = Pattern.compile("(\\[([0-9a-fA-F:.%\\w]+)]|[^:\\[\\]/\\s]+):(\\d{1,5})");
    private static final int MAX_PORT = 65_535;

    /**
     * Parses {@code host:port}.
     *
     * @throws IllegalArgumentException if it is anything else; the message names the value and the rule
     */
    public static BindAddress parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches() || Integer.parseInt(form.group(3)) > MAX_PORT) {
            throw new IllegalArgumentException("'" + text
                    + "' is not an address to listen on: write host:port with a port from 0 to 65535, like localhost:8085"
                    + " or 0.0.0.0:8080 (IPv6 in brackets)");
        }
        String host = form.group(2) == null ? form.group(1) : form.group(2);
        return new BindAddress(host, Integer.parseInt(form.group(3)));
    }

    /** Whether this means every address of the machine, which is no address that another could dial. */
    public boolean isWildcard() {
        return host.equals("0.0.0.0") || host.equals("::") || host.equals("*");
    }

    /** The same host with another port. */
    public BindAddress withPort(int actualPort) {
        return new BindAddress(host, actualPort);
    }

    /** As it is written. */
    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
