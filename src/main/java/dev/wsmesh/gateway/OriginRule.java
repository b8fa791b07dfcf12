package dev.wsmesh.gateway;

import java.net.InetSocketAddress;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.web.util.WebUtils;

/**
 * Which web pages may come. Whoever is no browser sends no Origin, and is none of this rule's business, unless the node is open:
 * then a page could call itself of the node's own origin by a name of its own that points here (DNS rebinding), and is known by
 * that name.
 */
public final class OriginRule {

    private static final Pattern LOOPBACK_HOST =
            Pattern.compile("localhost|127\\.[0-9.]+|\\[?::1]?|\\[?0:0:0:0:0:0:0:1]?");

    private final Set<String> allowed;
    private final boolean open;
    /** What is said of a name that is not this machine's. */
    private final String strangeName;

    /**
     * Creates a rule.
     *
     * @param allowed origins besides the node's own; {@code *} for all
     * @param open whether callers need no token
     */
    public OriginRule(Set<String> allowed, boolean open) {
        this(
                allowed,
                open,
                "this node is open to its own machine only, and knows no name for it but localhost: call it by that"
                        + " name, or configure mesh.gateway.tokens");
    }

    private OriginRule(Set<String> allowed, boolean open, String strangeName) {
        this.allowed = Set.copyOf(allowed);
        this.open = open;
        this.strangeName = strangeName;
    }

    /** The rule for what needs no token, whatever tokens there are. */
    public static OriginRule withoutTokens(Set<String> allowed) {
        return new OriginRule(
                allowed,
                true,
                "the request came over loopback under another name than localhost, as pages do that pretend to be from"
                        + " here: call it localhost, or send an Origin that is in mesh.allowed-origins");
    }

    /** Whether pages of this origin, not the node's own, may come. */
    public boolean allows(String origin) {
        return allowed.contains("*") || allowed.contains(origin);
    }

    /** What is wrong with where the request comes from; null if nothing. */
    public @Nullable String complaint(ServerHttpRequest request) {
        String origin = request.getHeaders().getOrigin();
        if (origin != null && allows(origin)) {
            return null;
        }
        if (open && isRebound(request)) {
            return strangeName;
        }
        return origin == null || isSame(request)
                ? null
                : "the origin " + origin + " is not allowed: add it to mesh.allowed-origins";
    }

    private static boolean isSame(ServerHttpRequest request) {
        try {
            return WebUtils.isSameOrigin(request);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isRebound(ServerHttpRequest request) {
        InetSocketAddress local = request.getLocalAddress();
        InetSocketAddress host = request.getHeaders().getHost();
        return local.getAddress() != null
                && local.getAddress().isLoopbackAddress()
                && (host == null || !LOOPBACK_HOST.matcher(host.getHostString()).matches());
    }
}
