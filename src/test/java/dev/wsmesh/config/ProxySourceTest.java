package dev.wsmesh.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ProxySourceTest {

    @Test
    void a_bad_proxy_of_the_environment_is_told_with_its_name_and_ways_out_but_without_its_password() {
        assertThatThrownBy(() -> ProxySource.settings(null, Map.of("HTTPS_PROXY", "socks5://me:s3cret@host:1080")))
                .isInstanceOf(InvalidPropertyException.class)
                .hasMessageStartingWith(
                        "HTTPS_PROXY: 'socks5://***@host:1080' is not an HTTP proxy: it must begin with")
                .hasMessageEndingWith("set mesh.proxy to use another one here, or NO_PROXY=* for none");
    }

    @Test
    void a_bad_proxy_of_the_environment_does_no_harm_where_it_is_not_used() {
        Map<String, String> bad = Map.of("HTTPS_PROXY", "socks5://host:1080");
        assertThat(ProxySource.settings("http://proxy:3128", bad).forTls()).hasToString("http://proxy:3128");
        assertThat(ProxySource.settings(null, Map.of("HTTPS_PROXY", "socks5://host:1080", "NO_PROXY", "*"))
                        .forTls())
                .isNull();
    }

    @Test
    void names_in_lower_case_win_and_each_scheme_has_its_own() {
        var settings = ProxySource.settings(
                null,
                Map.of("HTTPS_PROXY", "http://upper:1", "https_proxy", "lower:2", "HTTP_PROXY", "http://plain:3/"));
        assertThat(settings.forTls()).hasToString("http://lower:2");
        assertThat(settings.forPlain()).hasToString("http://plain:3");
    }

    @Test
    void an_empty_variable_is_none() {
        assertThat(ProxySource.settings(null, Map.of("HTTPS_PROXY", "", "HTTP_PROXY", " "))
                        .forTls())
                .isNull();
    }
}
