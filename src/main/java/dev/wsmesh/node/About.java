package dev.wsmesh.node;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a node says of itself that does not come from its core. The suppliers are asked once it listens.
 *
 * @param url gives null if nobody can dial it
 */
public record About(Supplier<String> name, String version, Supplier<@Nullable String> url) {}
