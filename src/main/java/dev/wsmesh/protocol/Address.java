package dev.wsmesh.protocol;

/**
 * A URL where a node may be dialled; the core only compares it and passes it on.
 *
 * @param url begins with {@code ws://} or {@code wss://}, 1 to {@value #MAX_LENGTH} characters of printable ASCII; anything else is
 *     an {@link IllegalArgumentException}, because no peer would accept it
 */
public record Address(String url) {
    public static final int MAX_LENGTH = 512;

    public Address {
        if (url.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("an address has at most " + MAX_LENGTH + " characters");
        }
        if (url.chars().anyMatch(character -> character <= ' ' || character >= 0x7f)) {
            throw new IllegalArgumentException("an address is printable ASCII without spaces: " + url);
        }
        if (!url.startsWith("ws://") && !url.startsWith("wss://")) {
            throw new IllegalArgumentException("an address starts with ws:// or wss://: " + url);
        }
    }

    @Override
    public String toString() {
        return url;
    }
}
