package dev.wsmesh.protocol;

/**
 * A URL where a node may be dialled. The core only compares it, to the letter, and passes it on: whether it has a host that can be
 * resolved, and one that may be dialled, is for others to see.
 *
 * @param url at most {@value #MAX_LENGTH} characters of printable ASCII without spaces, with {@code ws://} or {@code wss://} before
 *     all others: no peer would read any other
 */
public record Address(String url) {
    public static final int MAX_LENGTH = 512;

    /**
     * Checks length, characters and scheme.
     *
     * @throws IllegalArgumentException if one of them is wrong
     */
    public Address {
        if (url.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("an address has at most " + MAX_LENGTH + " characters");
        }
        if (!isPrintableAscii(url)) {
            throw new IllegalArgumentException("an address is printable ASCII without spaces: " + url);
        }
        if (!url.startsWith("ws://") && !url.startsWith("wss://")) {
            throw new IllegalArgumentException("an address starts with ws:// or wss://: " + url);
        }
    }

    private static boolean isPrintableAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) <= ' ' || text.charAt(i) >= 0x7f) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return url;
    }
}
