package dev.wsmesh.protocol;

/** A URL where a node may be dialled; the core only compares it and passes it on. */
public record Address(String url) {
    public static final int MAX_LENGTH = 512;

    public Address {
        if (url.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("an address has at most " + MAX_LENGTH + " characters");
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
