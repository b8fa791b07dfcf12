package dev.wsmesh.node;

/** Text of strangers, made fit for one line of a log. */
public final class LogText {

    /** Longer texts are cut for the log. A guess at what is still readable. */
    private static final int MAX_CHARACTERS = 200;

    private LogText() {}

    /** The text on one line: control characters escaped, so that nobody can forge log lines, and cut at 200 characters. */
    public static String printable(String text) {
        StringBuilder line = new StringBuilder(Math.min(text.length(), MAX_CHARACTERS));
        for (int i = 0; i < text.length() && i < MAX_CHARACTERS; i++) {
            appendPrintable(line, text.charAt(i));
        }
        if (text.length() > MAX_CHARACTERS) {
            line.append("... (").append(text.length()).append(" characters)");
        }
        return line.toString();
    }

    /** The same, however long the text is. */
    public static String oneLine(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.chars().forEach(c -> appendPrintable(line, (char) c));
        return line.toString();
    }

    private static void appendPrintable(StringBuilder line, char c) {
        // Line and paragraph separators are not ISO controls, and bidirectional overrides are format characters.
        boolean unprintable =
                Character.isISOControl(c) || c == '\u2028' || c == '\u2029' || Character.getType(c) == Character.FORMAT;
        if (unprintable) {
            line.append(String.format("\\u%04x", (int) c));
        } else {
            line.append(c);
        }
    }
}
