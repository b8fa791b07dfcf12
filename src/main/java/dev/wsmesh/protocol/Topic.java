package dev.wsmesh.protocol;

import org.jspecify.annotations.Nullable;

/**
 * What a record is about: words of printable ASCII separated by dots, for example {@code orders.created}. Names that start
 * with {@code $} belong to the mesh itself; that nobody else publishes on them is for the publishing end to see.
 *
 * @param name 1 to {@value #MAX_LENGTH} characters, which are as many bytes; no space, {@code *} or {@code >}, and no empty word
 */
public record Topic(String name) implements Comparable<Topic> {
    public static final int MAX_LENGTH = 255;
    public static final char SEPARATOR = '.';
    public static final char RESERVED_PREFIX = '$';

    /**
     * Checks the name.
     *
     * @throws IllegalArgumentException that says which rule is broken, and where, without quoting the name
     */
    public Topic {
        String fault = fault(name);
        if (!fault.isEmpty()) {
            throw new IllegalArgumentException(fault);
        }
    }

    /** Whether a topic may have this name; those of the mesh itself are valid, too. */
    public static boolean isValid(String name) {
        return fault(name).isEmpty();
    }

    /** Whether it belongs to the mesh itself. */
    public boolean isReserved() {
        return name.charAt(0) == RESERVED_PREFIX;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Topic that && name.equals(that.name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public int compareTo(Topic other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }

    private static String fault(String name) {
        if (name.isEmpty() || name.length() > MAX_LENGTH) {
            return "a topic has 1 to " + MAX_LENGTH + " characters, not " + name.length();
        }
        char before = SEPARATOR;
        for (int i = 0; i < name.length(); i++) {
            char at = name.charAt(i);
            if (at <= ' ' || at >= 0x7f || at == '*' || at == '>') {
                return "a topic is printable ASCII without spaces, '*' and '>'; not so at index " + i;
            }
            if (at == SEPARATOR && before == SEPARATOR) {
                return "a topic has no empty words; one ends at index " + i;
            }
            before = at;
        }
        return before == SEPARATOR ? "a topic does not end with a dot" : "";
    }
}
