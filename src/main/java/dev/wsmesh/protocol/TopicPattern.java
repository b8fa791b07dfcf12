package dev.wsmesh.protocol;

/**
 * What a subscription asks for: a topic in which {@code *} stands for one word and a last {@code >} for one or more. Neither
 * stands for a first word that begins with {@code $}: topics of the mesh itself are asked for by name, or at least by their
 * first word, as in {@code $mesh.*}.
 *
 * @param text at most 255 characters; a wildcard is a whole word
 */
public record TopicPattern(String text) {
    /**
     * Checks the pattern.
     *
     * @throws IllegalArgumentException if it is too long, or a word is neither a wildcard in its place nor a topic's; the message
     *     may quote the pattern
     */
    public TopicPattern {
        int from = 0;
        while (from <= text.length()) {
            int end = wordEnd(text, from);
            String word = text.substring(from, end);
            boolean wildcard = word.equals("*") || (word.equals(">") && end == text.length());
            if (!wildcard && !Topic.isValid(word)) {
                throw new IllegalArgumentException("not a topic pattern: " + text);
            }
            from = end + 1;
        }
        if (text.length() > Topic.MAX_LENGTH) {
            throw new IllegalArgumentException("a topic pattern has at most " + Topic.MAX_LENGTH + " characters");
        }
    }

    /** Whether the topic is asked for; case counts. */
    public boolean matches(Topic topic) {
        if (text.equals(topic.name())) {
            return true;
        }
        if (topic.isReserved() && text.charAt(0) != Topic.RESERVED_PREFIX) {
            return false;
        }
        return matches(text, topic.name());
    }

    private static boolean matches(String pattern, String topic) {
        int patternAt = 0;
        int topicAt = 0;
        while (true) {
            int patternEnd = wordEnd(pattern, patternAt);
            int topicEnd = wordEnd(topic, topicAt);
            if (isWord(pattern, patternAt, patternEnd, '>')) {
                return true;
            }
            boolean same = patternEnd - patternAt == topicEnd - topicAt
                    && pattern.regionMatches(patternAt, topic, topicAt, topicEnd - topicAt);
            if (!same && !isWord(pattern, patternAt, patternEnd, '*')) {
                return false;
            }
            boolean patternDone = patternEnd == pattern.length();
            boolean topicDone = topicEnd == topic.length();
            if (patternDone || topicDone) {
                return patternDone && topicDone;
            }
            patternAt = patternEnd + 1;
            topicAt = topicEnd + 1;
        }
    }

    private static boolean isWord(String text, int from, int end, char wildcard) {
        return end == from + 1 && text.charAt(from) == wildcard;
    }

    private static int wordEnd(String text, int from) {
        int dot = text.indexOf(Topic.SEPARATOR, from);
        return dot < 0 ? text.length() : dot;
    }

    @Override
    public String toString() {
        return text;
    }
}
