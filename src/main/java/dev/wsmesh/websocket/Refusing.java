package dev.wsmesh.websocket;

import dev.wsmesh.protocol.CloseCode;
import java.util.function.BooleanSupplier;

/** How this side turns somebody away: that is decided once, and said at both ends. Thread-safe. */
final class Refusing {

    private final LinkSession link;
    private final LinkRegistry registry;
    private final LinkEnding ending;

    Refusing(LinkSession link, LinkRegistry registry, LinkEnding ending) {
        this.link = link;
        this.registry = registry;
        this.ending = ending;
    }

    /**
     * Closes because something is wrong, and says so at both ends.
     *
     * @param may whether the session is in a state for it; asked with its monitor, so that it is either refused or admitted, and not
     *     one after the other
     */
    void refuse(BooleanSupplier may, CloseCode code, String reason) {
        String words = CloseWords.inFewWords(reason);
        boolean decided;
        synchronized (link) {
            decided = may.getAsBoolean() && ending.refuse(code, words);
        }
        if (decided) {
            registry.refused(link, code, reason);
            ending.inOrder(code, words);
        }
    }

    /** Closes a session that has not begun, and says why at both ends. */
    void turnAway(CloseCode code, String reason) {
        String words = CloseWords.inFewWords(reason);
        boolean _ = ending.refuse(code, words);
        registry.refused(link, code, reason);
        ending.atOnce(code, words);
    }
}
