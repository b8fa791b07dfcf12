package dev.wsmesh.config;

import dev.wsmesh.websocket.PeerTarget;
import dev.wsmesh.websocket.PeerUrl;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.http.HttpHeaders;

/**
 * One peer to dial.
 *
 * @param url where it is dialled, ws:// or wss://
 * @param headers sent with the upgrade request, for example Authorization
 * @param plain whether it is known not to be a node: wsmesh.v1 is not offered to it
 */
public record PeerProperties(
        String url,
        @DefaultValue Map<String, String> headers,
        @DefaultValue("false") boolean plain) {

    /** Checks the URL and the headers. */
    public PeerProperties {
        Rules.require(url != null, "mesh.peers", "", "a url for each peer: mesh.peers[n].url");
        Rules.parse("mesh.peers", url, PeerUrl::parse);
        headers.forEach((name, value) -> {
            Rules.require(
                    name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+"),
                    "mesh.peers[n].headers",
                    name,
                    "a header name as HTTP allows it");
            Rules.require(
                    !isReserved(name),
                    "mesh.peers[n].headers",
                    name,
                    "a header other than those the upgrade itself uses (Host, Upgrade, Connection, Origin,"
                            + " Sec-WebSocket-*)");
            Rules.require(
                    value.chars().noneMatch(c -> (c < ' ' && c != '\t') || c == 127),
                    "mesh.peers[n].headers",
                    name,
                    "a header whose value has no line breaks or other control characters");
        });
    }

    /** Binds a peer that is written as its URL alone. */
    public static PeerProperties valueOf(String url) {
        return new PeerProperties(url, Map.of(), false);
    }

    PeerTarget target() {
        return new PeerTarget(PeerUrl.parse(url), headers, plain);
    }

    /** The values of its headers, and what stands behind a scheme in them ({@code Bearer ...}), which may stand elsewhere alone. */
    List<SecretText> secrets() {
        return headers.values().stream()
                .map(value -> new SecretText(value.strip().replaceFirst("^\\w+\\s+(?=\\S+$)", "")))
                .toList();
    }

    private static boolean isReserved(String name) {
        return name.regionMatches(true, 0, "Sec-WebSocket-", 0, "Sec-WebSocket-".length())
                || name.equalsIgnoreCase(HttpHeaders.HOST)
                || name.equalsIgnoreCase(HttpHeaders.UPGRADE)
                || name.equalsIgnoreCase(HttpHeaders.CONNECTION)
                || name.equalsIgnoreCase(HttpHeaders.ORIGIN);
    }
}
