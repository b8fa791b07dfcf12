package dev.wsmesh.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeerUrlTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ws://a",
                "wss://a.example:443/mesh?x=1",
                "ws://127.0.0.1:8080",
                "ws://[::1]:8080/",
                "ws://a:65535"
            })
    void a_peer_url_reads_as_it_was_written(String text) {
        assertThat(PeerUrl.parse(text)).hasToString(text);
    }

    @Test
    void the_scheme_may_be_in_upper_case_and_space_around_is_ignored() {
        assertThat(PeerUrl.parse(" WS://a:1 ")).hasToString("ws://a:1");
    }

    @ParameterizedTest
    @CsvSource({"ws://a:1, ws://a:1/", "ws://a, ws://A:80/", "wss://a/, wss://a:443", "ws://a?x=1, ws://a/?x=1"})
    void two_ways_to_write_one_place_are_equal(String one, String other) {
        assertThat(PeerUrl.parse(one)).isEqualTo(PeerUrl.parse(other)).hasSameHashCodeAs(PeerUrl.parse(other));
    }

    @ParameterizedTest
    @CsvSource({"ws://a:1, wss://a:1", "ws://a:1/b, ws://a:1/B", "ws://a:1/b, ws://a:1/b/", "ws://a, ws://a?x"})
    void other_places_are_not(String one, String other) {
        assertThat(PeerUrl.parse(one)).isNotEqualTo(PeerUrl.parse(other));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://a | begin with ws:// or wss://",
                "a:8080 | begin with ws:// or wss://",
                "localhost | begin with ws:// or wss://",
                "ws:// | not a URL",
                "ws:///path | needs a host",
                "ws://a:0 | port must be from 1 to 65535",
                "ws://a:65536 | port must be from 1 to 65535",
                "ws://a:b | needs a host, and a port",
                "ws://node_1:8080 | no '_'",
                "ws://a/#top | no fragment",
                "ws://a b | not a URL"
            })
    void anything_else_is_refused_with_the_value_and_the_rule(String text, String rule) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PeerUrl.parse(text))
                .withMessageStartingWith("'" + text + "'")
                .withMessageContaining(rule);
    }

    @Test
    void a_password_in_a_url_is_refused_and_not_repeated() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PeerUrl.parse("ws://user:secret@a:1"))
                .withMessageContaining("***@a:1")
                .withMessageContaining("headers")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
    }
}
