package dev.wsmesh.cli;

import org.jspecify.annotations.Nullable;

/**
 * One event of an event stream.
 *
 * @param id to go on from behind it; null as long as the stream has given none
 * @param type {@code message} where the stream says nothing else
 */
record Event(@Nullable String id, String type, String data) {

    boolean isMessage() {
        return type.equals("message") && !data.isEmpty();
    }

    boolean isGap() {
        return type.equals("gap");
    }
}
