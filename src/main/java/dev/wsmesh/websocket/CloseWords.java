package dev.wsmesh.websocket;

import dev.wsmesh.protocol.CloseCode;
import java.util.Locale;

/** Close codes and reasons, for people. */
final class CloseWords {

    /** What fits into a Close frame beside its code: RFC 6455, section 5.5. */
    private static final int MOST_BYTES = 123;

    private CloseWords() {}

    /** What a code means, for the other end's log. */
    static String of(CloseCode code) {
        return code.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** The code with its meaning. */
    static String known(CloseCode code) {
        return code.number() + " (" + of(code) + ")";
    }

    /** As much of a reason as a Close frame takes, and no more than one line. */
    static String inFewWords(String reason) {
        String ascii = reason.replaceAll("[^ -~]", "?");
        return ascii.length() <= MOST_BYTES ? ascii : ascii.substring(0, MOST_BYTES - 3) + "...";
    }
}
