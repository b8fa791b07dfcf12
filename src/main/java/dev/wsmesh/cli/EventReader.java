package dev.wsmesh.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Reads an event stream as HTML's standard has it (Server-sent events, section "Interpreting an event stream"). Unlike a browser
 * it also gives an event without data where that brings a new id: a subscriber that has received nothing yet can go on from there.
 */
final class EventReader {

    private final BufferedReader lines;
    private @Nullable String lastId;
    private @Nullable Duration retry;
    private boolean newId;
    private boolean hasData;
    private String type = "";
    private final StringBuilder data = new StringBuilder();

    EventReader(InputStream in) {
        this.lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    /** The next event; null at the end, before which an unfinished one is lost. */
    @Nullable
    Event next() throws IOException {
        begin();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (!line.isEmpty()) {
                take(line);
            } else if (hasData || newId) {
                return new Event(lastId, type.isEmpty() ? "message" : type, data.toString());
            } else {
                begin();
            }
        }
        return null;
    }

    /** How long the stream wants to be left alone once it has ended; null if it does not say. */
    @Nullable
    Duration retry() {
        return retry;
    }

    private void begin() {
        data.setLength(0);
        type = "";
        hasData = false;
        newId = false;
    }

    private void take(String line) {
        int colon = line.indexOf(':');
        String field = colon < 0 ? line : line.substring(0, colon);
        String value = colon < 0 ? "" : line.substring(colon + 1);
        String bare = value.startsWith(" ") ? value.substring(1) : value;
        switch (field) {
            case "data" -> {
                data.append(hasData ? "\n" : "").append(bare);
                hasData = true;
            }
            case "event" -> type = bare;
            case "id" -> {
                lastId = bare.isEmpty() ? null : bare;
                newId = true;
            }
            case "retry" -> retry = bare.matches("[0-9]{1,8}") ? Duration.ofMillis(Long.parseLong(bare)) : retry;
            default -> {
                // A comment, with which the node shows that it lives, or a field of a later standard.
            }
        }
    }
}
