package dev.wsmesh.gateway.stomp;

import org.jspecify.annotations.Nullable;
import org.springframework.messaging.simp.user.SimpUser;
import org.springframework.messaging.simp.user.SimpUserRegistry;

/** Destinations of users, as {@code /user/anna/queue/orders}: {@code convertAndSendToUser} makes them. */
public final class UserDestinations {

    private final String prefix;
    private final SimpUserRegistry registry;

    /**
     * Those of this instance.
     *
     * @param prefix ends with a slash
     * @param registry who has sessions here
     */
    public UserDestinations(String prefix, SimpUserRegistry registry) {
        this.prefix = prefix;
        this.registry = registry;
    }

    boolean contains(String destination) {
        return destination.startsWith(prefix);
    }

    /** Whether it is the answer to one session, which is here: no other instance has it. */
    boolean isForOneSession(String destination, @Nullable String session) {
        if (session == null) {
            return false;
        }
        int end = destination.indexOf('/', prefix.length());
        String name = destination.substring(prefix.length(), end < 0 ? destination.length() : end);
        SimpUser user = registry.getUser(name.replace("%2F", "/"));
        return name.equals(session) || (user != null && user.getSession(session) != null);
    }
}
