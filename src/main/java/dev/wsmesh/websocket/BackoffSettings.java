package dev.wsmesh.websocket;

import java.time.Duration;

/**
 * The bounds of redialling.
 *
 * @param min the shortest delay, more than zero
 * @param max the longest delay, at least {@code min}
 * @param stableAfter a session that lasted this long makes the delays short again
 */
public record BackoffSettings(Duration min, Duration max, Duration stableAfter) {}
