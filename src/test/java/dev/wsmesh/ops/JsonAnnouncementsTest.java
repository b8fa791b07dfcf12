package dev.wsmesh.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.wsmesh.node.Announcement;
import dev.wsmesh.node.AnnouncementCodec;
import dev.wsmesh.node.Presences;
import dev.wsmesh.protocol.Bytes;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What nodes tell of themselves, as bytes. */
class JsonAnnouncementsTest {

    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final JsonAnnouncements codec = new JsonAnnouncements();

    @Test
    void what_was_told_is_read() {
        Announcement told = new Announcement(Presences.node(5, "caf\u00e9:8080", 12), INTERVAL, true);
        assertThat(codec.decode(Bytes.wrap(codec.encode(told)))).isEqualTo(told);
    }

    @Test
    void twelve_links_and_a_long_name_fit() {
        Announcement told = new Announcement(Presences.node(5, "x".repeat(64), 12), INTERVAL, false);
        byte[] bytes = codec.encode(told);
        assertThat(bytes).hasSizeLessThanOrEqualTo(AnnouncementCodec.MAX_BYTES);
        assertThat(codec.decode(Bytes.wrap(bytes)).node().linksOmitted()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {30, 60, 256, 2_000})
    void what_does_not_fit_is_omitted_and_counted(int links) {
        byte[] bytes = codec.encode(new Announcement(Presences.node(5, "n", links), INTERVAL, false));
        assertThat(bytes).hasSizeBetween(900, AnnouncementCodec.MAX_BYTES);
        var node = codec.decode(Bytes.wrap(bytes)).node();
        assertThat(node.links()).hasSizeGreaterThan(12);
        assertThat(node.links().size() + node.linksOmitted()).isEqualTo(links);
    }

    @Test
    void a_later_version_may_say_more() {
        String id = Presences.node(5, "n", 0).id().toString();
        Announcement read = read("{\"id\":\"" + id + "\",\"mood\":{\"good\":true}}");
        assertThat(read.node().name()).as("what is missing").isEqualTo(id);
        assertThat(read.node().version()).isEqualTo("unknown");
        assertThat(read.interval()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "7",
                "{}",
                "{\"id\":null}",
                "{\"id\":\"short\"}",
                "{\"id\":7}",
                "{\"id\":\"aaaaaaaaaaaaaaaaaaaaaaaaaa\",\"since\":9223372036854775808}",
                "{\"id\":\"aaaaaaaaaaaaaaaaaaaaaaaaaa\",\"links\":{\"x\":1}}",
                "{\"id\":\"aaaaaaaaaaaaaaaaaaaaaaaaaa\",\"links\":[1,2]}",
            })
    void what_is_none_is_refused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> read(text));
    }

    @Test
    void numbers_beyond_reason_do_no_harm() {
        Announcement read = read("{\"id\":\"aaaaaaaaaaaaaaaaaaaaaaaaaa\",\"since\":9223372036854775807,"
                + "\"everyMillis\":9223372036854775807,\"linksOmitted\":-1,"
                + "\"links\":{\"aaaaaaaaaaaaaaaaaaaaaaaaaa\":1e300,\"baaaaaaaaaaaaaaaaaaaaaaaaa\":\"NaN\"}}");
        assertThat(read.interval()).isEqualTo(Duration.ofDays(1));
        assertThat(read.node().linksOmitted()).isZero();
        assertThat(read.node().links())
                .hasSize(2)
                .allSatisfy(link -> assertThat(link.roundTrip()).isNull());
    }

    @Test
    void bytes_of_any_kind_are_read_or_refused_with_words() {
        byte[] good = codec.encode(new Announcement(Presences.node(5, "n", 3), INTERVAL, false));
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThatIllegalArgumentException().isThrownBy(() -> codec.decode(Bytes.wrap(cut)));
        }
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            byte[] broken = good.clone();
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(codec.decode(Bytes.wrap(broken))).isNotNull();
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageNotContaining("null");
            }
        }
    }

    private Announcement read(String text) {
        return codec.decode(Bytes.wrap(text.getBytes(UTF_8)));
    }
}
