package dev.wsmesh.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BindAddressTest {

    @ParameterizedTest
    @ValueSource(strings = {"localhost:8085", "0.0.0.0:0", "127.0.0.1:65535", "[::1]:8080", "*:80", "node_1:8080"})
    void an_address_reads_as_it_was_written(String text) {
        assertThat(BindAddress.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                ":8080",
                "8080",
                "::1:8080",
                "localhost:65536",
                "localhost:-1",
                "a b:1",
                "http://localhost:80",
                "localhost:8080/",
                "localhost:999999999999"
            })
    void anything_else_is_refused_with_the_value_and_the_rule(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BindAddress.parse(text))
                .withMessageStartingWith("'" + text + "'")
                .withMessageContaining("host:port");
    }

    @Test
    void only_an_address_that_means_all_is_a_wildcard() {
        assertThat(BindAddress.parse("0.0.0.0:1").isWildcard()).isTrue();
        assertThat(BindAddress.parse("[::]:1").isWildcard()).isTrue();
        assertThat(BindAddress.parse("*:1").isWildcard()).isTrue();
        assertThat(BindAddress.parse("10.0.0.1:1").isWildcard()).isFalse();
    }
}
