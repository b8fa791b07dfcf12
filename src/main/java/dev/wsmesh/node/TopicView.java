package dev.wsmesh.node;

import dev.wsmesh.protocol.Topic;
import java.time.Duration;

/**
 * A topic that was heard of.
 *
 * @param messages how many came since it was first heard of
 * @param silentFor how long ago the last one came
 */
public record TopicView(Topic topic, long messages, Duration silentFor) {}
