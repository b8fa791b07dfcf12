package dev.wsmesh.gateway.http;

import dev.wsmesh.node.PublishOptions;
import dev.wsmesh.node.PublishOptions.Backpressure;
import dev.wsmesh.protocol.Header;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * What a request's {@code Mesh-*} headers say. One that is not known is refused: it was meant to do something.
 *
 * @param headers those of the message itself
 */
record PublishHeaders(PublishOptions options, List<Header> headers) {

    private static final String PREFIX = "mesh-";
    private static final String OWN = "mesh-header-";

    /** A client's patience, and that of proxies on the way, ends earlier. */
    private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(1);

    static PublishHeaders of(HttpServletRequest request) {
        PublishOptions options = PublishOptions.DEFAULT;
        List<Header> headers = new ArrayList<>();
        for (String name : Collections.list(request.getHeaderNames())) {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.startsWith(OWN) && lower.length() > OWN.length()) {
                for (String value : Collections.list(request.getHeaders(name))) {
                    headers.add(new Header(name.substring(OWN.length()), value));
                }
            } else if (lower.startsWith(PREFIX)) {
                options = apply(options, lower, request.getHeader(name).strip());
            }
        }
        return new PublishHeaders(options, headers);
    }

    private static PublishOptions apply(PublishOptions options, String name, String value) {
        return switch (name) {
            case "mesh-ack" -> options.acknowledgedBy(number("Mesh-Ack", value));
            case "mesh-min-peers" -> options.toAtLeast(number("Mesh-Min-Peers", value));
            case "mesh-timeout" -> options.within(Durations.parse("Mesh-Timeout", value, LONGEST_TIMEOUT));
            case "mesh-policy" -> options.on(policy(value));
            default ->
                throw Problem.badRequest(
                        "there is no header " + name + "; there are Mesh-Ack, Mesh-Min-Peers, Mesh-Timeout,"
                                + " Mesh-Policy, and Mesh-Header-<name> for headers of the message itself");
        };
    }

    private static int number(String name, String value) {
        if (!value.matches("\\d{1,5}")) {
            throw Problem.badRequest(name + ": '" + value + "' is not allowed; give a whole number from 0 to 99999");
        }
        return Integer.parseInt(value);
    }

    private static Backpressure policy(String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "wait" -> Backpressure.WAIT;
            case "fail" -> Backpressure.FAIL;
            case "ignore" -> Backpressure.IGNORE;
            default ->
                throw Problem.badRequest("Mesh-Policy: '" + value + "' is not allowed; give wait, fail or ignore");
        };
    }
}
