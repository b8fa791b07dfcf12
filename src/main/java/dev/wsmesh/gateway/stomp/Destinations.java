package dev.wsmesh.gateway.stomp;

import dev.wsmesh.protocol.Topic;
import dev.wsmesh.protocol.TopicPattern;

/**
 * Names of topics as STOMP clients use them: {@code /topic/} and the topic, {@code /topic/prices.eur}. In a SUBSCRIBE
 * {@code *} stands for one word, and a last {@code >} for the rest, as in every subscription of the mesh.
 */
final class Destinations {

    static final String PREFIX = "/topic/";

    private Destinations() {}

    static String of(Topic topic) {
        return PREFIX + topic.name();
    }

    /**
     * What a SEND is published on.
     *
     * @throws IllegalArgumentException if it is no topic that clients may publish on; the message says why
     */
    static Topic topic(String destination) {
        String name = name(destination);
        try {
            Topic topic = new Topic(name);
            if (topic.isReserved()) {
                throw new IllegalArgumentException(
                        "topics that begin with '$' are the mesh's own, and can only be read");
            }
            return topic;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("cannot send to " + destination + ": " + e.getMessage(), e);
        }
    }

    /**
     * What a SUBSCRIBE asks for.
     *
     * @throws IllegalArgumentException if it is no pattern of topics; the message says why
     */
    static TopicPattern pattern(String destination) {
        String text = name(destination);
        try {
            return new TopicPattern(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "cannot subscribe to " + destination
                            + ": after /topic/ stand words separated by dots, '*' for any one word, a last '>' for the rest",
                    e);
        }
    }

    private static String name(String destination) {
        if (!destination.startsWith(PREFIX)) {
            throw new IllegalArgumentException(
                    "no destination of the mesh: " + destination + "; they begin with " + PREFIX);
        }
        return destination.substring(PREFIX.length());
    }
}
