package dev.wsmesh.protocol;

import java.time.Instant;
import java.util.List;

/**
 * One published message as applications see it. The content type may be empty; the time of publishing is the publisher's
 * wall clock, travels to the microsecond, and is only ever data. Sizes are looked at where it is encoded and published.
 */
public record MeshRecord(Topic topic, Bytes payload, String contentType, List<Header> headers, Instant publishedAt) {
    public MeshRecord {
        headers = List.copyOf(headers);
    }
}
