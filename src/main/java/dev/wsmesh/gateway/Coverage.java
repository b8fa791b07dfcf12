package dev.wsmesh.gateway;

import dev.wsmesh.protocol.Topic;
import dev.wsmesh.protocol.TopicPattern;

/** Whether whatever one pattern matches another one matches, too. */
final class Coverage {

    private Coverage() {}

    static boolean covers(TopicPattern granted, TopicPattern asked) {
        boolean asksForReserved = asked.text().charAt(0) == Topic.RESERVED_PREFIX;
        boolean grantsReserved = granted.text().charAt(0) == Topic.RESERVED_PREFIX;
        if (asksForReserved != grantsReserved) {
            return false;
        }
        String[] grantedWords = granted.text().split("\\.", -1);
        String[] askedWords = asked.text().split("\\.", -1);
        for (int i = 0; i < grantedWords.length; i++) {
            if (i >= askedWords.length) {
                return false;
            }
            if (grantedWords[i].equals(">")) {
                return true;
            }
            boolean any = grantedWords[i].equals("*") && !askedWords[i].equals(">");
            if (!any && !grantedWords[i].equals(askedWords[i])) {
                return false;
            }
        }
        return askedWords.length == grantedWords.length;
    }
}
