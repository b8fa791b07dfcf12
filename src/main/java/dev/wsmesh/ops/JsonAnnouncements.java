package dev.wsmesh.ops;

import dev.wsmesh.node.Announcement;
import dev.wsmesh.node.AnnouncementCodec;
import dev.wsmesh.node.NodePresence;
import dev.wsmesh.node.NodePresence.Counts;
import dev.wsmesh.node.NodePresence.Link;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.NodeId;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Announcements as JSON. Fields that are not known are skipped, so that later versions can say more. */
public final class JsonAnnouncements implements AnnouncementCodec {

    /** A URL that is longer is not told. A guess that leaves room for ten links. */
    private static final int MAX_URL_CHARACTERS = 200;

    /** More never fit: each takes its id, quotes, a colon, a digit and a comma. */
    private static final int MAX_LINKS = MAX_BYTES / 31;

    private static final Duration LONGEST_INTERVAL = Duration.ofDays(1);

    private final JsonMapper json = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    /** The JSON; the names are part of the protocol. Links are round trips in milliseconds by peer. */
    private record Words(
            @Nullable String id,
            @Nullable String name,
            @Nullable String version,
            @Nullable String url,
            long since,
            long everyMillis,
            @Nullable Map<String, @Nullable Double> links,
            int linksOmitted,
            long published,
            long delivered,
            long gaps,
            boolean leaving) {}

    @Override
    public String contentType() {
        return "application/json";
    }

    @Override
    public byte[] encode(Announcement announcement) {
        int links = Math.min(announcement.node().links().size(), MAX_LINKS);
        byte[] bytes = bytes(announcement, links);
        while (bytes.length > MAX_BYTES && links > 0) {
            links--;
            bytes = bytes(announcement, links);
        }
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("the name of the node is too long");
        }
        return bytes;
    }

    @Override
    public Announcement decode(Bytes payload) {
        if (payload.length() > MAX_BYTES) {
            throw new IllegalArgumentException("it has " + payload.length() + " bytes");
        }
        try {
            Words words = json.readValue(payload.toArray(), Words.class);
            if (words == null) {
                throw new IllegalArgumentException("it is null");
            }
            return announcement(words);
        } catch (JacksonException | DateTimeException | ArithmeticException e) {
            throw new IllegalArgumentException("it is no presence", e);
        }
    }

    private byte[] bytes(Announcement announcement, int firstLinks) {
        NodePresence node = announcement.node().withFirstLinks(firstLinks);
        Map<String, @Nullable Double> links = new LinkedHashMap<>();
        for (Link link : node.links()) {
            Duration roundTrip = link.roundTrip();
            links.put(link.peer().toString(), roundTrip == null ? null : Math.round(roundTrip.toNanos() / 1e4) / 100.0);
        }
        String url = node.url();
        return json.writeValueAsBytes(new Words(
                node.id().toString(),
                node.name(),
                node.version(),
                url == null || url.length() > MAX_URL_CHARACTERS ? null : url,
                node.since().toEpochMilli(),
                announcement.interval().toMillis(),
                links,
                node.linksOmitted(),
                node.counts().published(),
                node.counts().delivered(),
                node.counts().gaps(),
                announcement.leaving()));
    }

    private static Announcement announcement(Words words) {
        String id = words.id();
        if (id == null) {
            throw new IllegalArgumentException("it has no id");
        }
        String name = words.name();
        NodePresence node = new NodePresence(
                NodeId.parse(id),
                name == null || name.isBlank() ? id : name,
                words.version() == null ? "unknown" : words.version(),
                words.url(),
                links(words.links()),
                Math.max(0, words.linksOmitted()),
                new Counts(words.published(), words.delivered(), words.gaps()),
                Instant.ofEpochMilli(words.since()),
                Instant.EPOCH);
        long millis = Math.clamp(words.everyMillis(), 0, LONGEST_INTERVAL.toMillis());
        return new Announcement(node, Duration.ofMillis(millis), words.leaving());
    }

    private static List<Link> links(@Nullable Map<String, @Nullable Double> told) {
        List<Link> links = new ArrayList<>();
        if (told != null) {
            told.forEach((peer, millis) -> links.add(new Link(NodeId.parse(peer), roundTrip(millis))));
        }
        return links;
    }

    private static @Nullable Duration roundTrip(@Nullable Double millis) {
        if (millis == null || !(millis >= 0 && millis <= LONGEST_INTERVAL.toMillis())) {
            return null;
        }
        return Duration.ofNanos(Math.round(millis * 1e6));
    }
}
