package dev.wsmesh.node;

import java.nio.charset.StandardCharsets;

/** How large a text is on the wire, told without encoding it. */
public final class Utf8 {

    /** What to say of a text that cannot be encoded. */
    static final String COMPLAINT =
            "the text cannot be written as UTF-8: it has an unpaired surrogate; send binary data as bytes";

    private Utf8() {}

    /**
     * The UTF-8 length of a text in bytes. Each half of a surrogate pair counts 2, so the lengths of two parts of a text
     * add up to the length of the whole wherever it was cut.
     */
    public static int length(CharSequence text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                bytes++;
            } else if (c < 0x800 || Character.isSurrogate(c)) {
                bytes += 2;
            } else {
                bytes += 3;
            }
        }
        return bytes;
    }

    /** Whether the text can be written as UTF-8 at all: it has no unpaired surrogate. */
    public static boolean canEncode(CharSequence text) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }
}
