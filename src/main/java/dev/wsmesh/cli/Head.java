package dev.wsmesh.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The beginning of an HTTP answer.
 *
 * @param statusLine as it was received
 * @param status 0 if this is no HTTP at all
 * @param headers by their names in lower case
 */
record Head(String statusLine, int status, Map<String, String> headers) {

    private static final int MOST_BYTES = 16 * 1024;

    /** Reads up to the empty line, or one line of what is no HTTP. */
    static Head read(InputStream in) throws IOException {
        String statusLine = line(in, MOST_BYTES);
        if (!statusLine.matches("HTTP/1\\.[01] [0-9]{3}.*")) {
            return new Head(statusLine, 0, Map.of());
        }
        Map<String, String> headers = new TreeMap<>();
        int left = MOST_BYTES;
        for (String line = line(in, left); !line.isEmpty(); line = line(in, left)) {
            left -= line.length();
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(
                        line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
        }
        return new Head(statusLine, Integer.parseInt(statusLine.substring(9, 12)), headers);
    }

    /** A header's value; empty if there is none. */
    String header(String name) {
        return headers.getOrDefault(name, "");
    }

    private static String line(InputStream in, int most) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = in.read();
        while (next >= 0 && next != '\n') {
            if (line.size() >= most) {
                throw new IOException("an answer without end");
            }
            line.write(next);
            next = in.read();
        }
        if (next < 0 && line.size() == 0) {
            throw new IOException("closed without an answer");
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }
}
