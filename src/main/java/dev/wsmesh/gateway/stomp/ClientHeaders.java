package dev.wsmesh.gateway.stomp;

import dev.wsmesh.node.Publication;
import dev.wsmesh.protocol.Header;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;

/**
 * A STOMP frame's own headers on their way through the mesh: all but those to which STOMP, Spring or the mesh gives a meaning, and
 * those that say who the sender is, which are nobody else's business.
 */
final class ClientHeaders {

    /** Of SEND and MESSAGE frames (STOMP 1.2). */
    private static final Set<String> MEANINGFUL = Set.of(
            "destination",
            "content-type",
            "content-length",
            "receipt",
            "transaction",
            "subscription",
            "message-id",
            "ack");

    /** Many clients set these on every frame. */
    private static final Set<String> CREDENTIALS = Set.of("authorization", "login", "passcode");

    /** Only the mesh itself says these: nobody else tells a client of a gap. */
    private static final String OURS = "mesh-";

    /** Spring's own, one of which replaces the destination that a client is shown. */
    private static final String SPRINGS = "simp";

    private ClientHeaders() {}

    /** The publication, with what the sender had to say besides. */
    static Publication with(Map<String, List<String>> said, Publication publication) {
        Publication more = publication;
        for (Map.Entry<String, List<String>> header : said.entrySet()) {
            // Of several with one name the first counts (STOMP 1.2, "Repeated Header Entries").
            if (!hasMeaning(header.getKey()) && !header.getValue().isEmpty()) {
                more = more.withHeader(header.getKey(), header.getValue().getFirst());
            }
        }
        return more;
    }

    static void copy(List<Header> from, StompHeaderAccessor to) {
        for (Header header : from) {
            if (!hasMeaning(header.name())) {
                to.setNativeHeader(header.name(), header.value());
            }
        }
    }

    private static boolean hasMeaning(String name) {
        return MEANINGFUL.contains(name)
                || CREDENTIALS.contains(name.toLowerCase(Locale.ROOT))
                || name.startsWith(OURS)
                || name.startsWith(SPRINGS);
    }
}
