package dev.wsmesh.config;

import dev.wsmesh.node.About;
import dev.wsmesh.node.AnnouncementCodec;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.MeshNode;
import dev.wsmesh.node.Presence;
import dev.wsmesh.node.PresenceBoard;
import dev.wsmesh.ops.JsonAnnouncements;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.Properties;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the node tells the others of itself, and they tell it. */
@Configuration(proxyBeanMethods = false)
class PresenceConfiguration {

    private static final String BUILD_INFO = "/META-INF/build-info.properties";

    @Bean
    @ConditionalOnMissingBean
    PresenceBoard meshPresenceBoard(MeshCounters counters) {
        return new PresenceBoard(counters, Clock.systemUTC(), System::nanoTime);
    }

    @Bean
    @ConditionalOnMissingBean
    About meshAbout(MeshProperties properties, NodeAddress address, NodeEndpoint endpoint) {
        String name = properties.name();
        return new About(() -> name == null ? address.get() : name, version(), endpoint::url);
    }

    @Bean
    @ConditionalOnMissingBean
    Presence meshPresence(
            LocalIdentity identity,
            MeshNode node,
            PresenceBoard board,
            MeshProperties properties,
            MeshCounters counters) {
        AnnouncementCodec codec = new JsonAnnouncements();
        Presence.Settings settings = new Presence.Settings(
                properties.presence().enabled(), properties.presence().interval());
        Presence presence = new Presence(identity.id(), node, board, codec, settings, new Random(), counters);
        presence.follow();
        return presence;
    }

    private static String version() {
        Properties build = new Properties();
        try (@Nullable InputStream in = PresenceConfiguration.class.getResourceAsStream(BUILD_INFO)) {
            if (in != null) {
                build.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return build.getProperty("build.version", "unknown");
    }
}
