package dev.wsmesh.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxySettingsTest {

    private static final ProxyServer SERVER = ProxyServer.parse("HTTP_PROXY", "http://proxy:3128");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*                       | ws://a.example.org:1",
                "example.org             | ws://example.org:1",
                "example.org             | ws://EU.Example.org:1",
                ".example.org            | ws://eu.example.org",
                ".example.org            | ws://example.org",
                "other, example.org      | wss://example.org",
                "other example.org       | wss://example.org",
                "example.org.            | wss://example.org",
                "example.org:8080        | ws://eu.example.org:8080",
                "example.org:443         | wss://example.org",
                "192.0.2.7               | ws://192.0.2.7:1",
                "192.0.2.0/24            | ws://192.0.2.200:1",
                "2001:db8::1             | ws://[2001:db8:0::1]:1",
                "[2001:db8::1]:8080      | ws://[2001:db8::1]:8080",
                "2001:db8::/33           | ws://[2001:db8:7fff::1]:1",
                "''                      | ws://localhost:1",
                "''                      | ws://node.localhost:1",
                "''                      | ws://127.0.0.2:1",
                "''                      | ws://[::1]:1"
            })
    void these_are_reached_without_a_proxy(String noProxy, String url) {
        assertThat(proxyOf(noProxy, url)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "example.org             | ws://badexample.org:1",
                "example.org             | ws://example.org.evil.test:1",
                "eu.example.org          | ws://example.org:1",
                "example.org:8080        | ws://example.org:8081",
                "example.org:80          | wss://example.org",
                "192.0.2.0/24            | ws://192.0.3.1:1",
                "0.2.7                   | ws://192.0.2.7:1",
                "192.0.2.0/24            | ws://[2001:db8::1]:1",
                "192.0.2.0/99            | ws://192.0.2.1:1",
                "nonsense/24             | ws://192.0.2.1:1",
                "2001:db8::/33           | ws://[2001:db8:8000::1]:1",
                "*.example.org           | ws://eu.example.org:1"
            })
    void these_are_reached_through_the_proxy(String noProxy, String url) {
        assertThat(proxyOf(noProxy, url)).isTrue();
    }

    @Test
    void a_pinned_address_can_be_an_exception_too() throws Exception {
        ProxySettings settings = new ProxySettings(SERVER, null, ProxyExceptions.parse("10.0.0.0/8"));
        PeerUrl url = PeerUrl.parse("ws://node.mesh.test:1");
        assertThat(settings.of(new PeerTarget(url, Map.of(), false, InetAddress.getByName("10.1.2.3"))))
                .isNull();
        assertThat(settings.of(new PeerTarget(url, Map.of(), false, InetAddress.getByName("192.0.2.1"))))
                .isEqualTo(SERVER);
    }

    @Test
    void a_scheme_without_a_proxy_is_left_to_the_platform() {
        ProxySettings settings = new ProxySettings(SERVER, null, ProxyExceptions.NONE);
        assertThat(settings.decide(target("wss://a:1"))).isFalse();
        assertThat(settings.decide(target("ws://a:1"))).isTrue();
    }

    @Test
    void one_proxy_for_all_is_for_loopback_too() {
        assertThat(ProxySettings.all(SERVER).of(target("ws://localhost:1"))).isEqualTo(SERVER);
    }

    @Test
    void credentials_are_decoded_and_not_shown() {
        ProxyServer server = ProxyServer.parse("mesh.proxy", "http://us+er:p%40ss%3Aw%C3%B6rd@[::1]:8080/");
        assertThat(server).hasToString("http://[::1]:8080");
        String encoded = Objects.requireNonNull(server.authorization()).substring("Basic ".length());
        assertThat(new String(java.util.Base64.getDecoder().decode(encoded), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("us+er:p@ss:wörd");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "https://proxy:1             | 'https://proxy:1' is not an HTTP proxy: it must begin with http://",
                "http://proxy                | 'http://proxy' is not an HTTP proxy: it needs a host without '_' and a port",
                "http://my_proxy:1           | it needs a host without '_' and a port from 1 to 65535",
                "http://proxy:0              | a port from 1 to 65535",
                "http://proxy:65536          | a port from 1 to 65535",
                "http://proxy:1/path         | it has no path, query or fragment",
                "http://me:s3cret@proxy      | 'http://***@proxy' is not",
                "http://me:s3cr@t@proxy:1    | 'http://***@proxy:1' is not",
                "http://me:s3c/ret@proxy:1   | 'http://***@proxy:1' is not",
                "http://me:s3cret%@proxy:1   | 'http://***@proxy:1' is not an HTTP proxy: it is not a URL",
                "me:s3cret@proxy             | '***@proxy' is not"
            })
    void anything_else_is_refused_without_showing_a_password(String text, String expected) {
        assertThatThrownBy(() -> ProxyServer.parse("mesh.proxy", text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(expected)
                .message()
                .doesNotContain("s3c");
    }

    private static boolean proxyOf(String noProxy, String url) {
        return new ProxySettings(SERVER, SERVER, ProxyExceptions.parse(noProxy)).of(target(url)) != null;
    }

    private static PeerTarget target(String url) {
        return new PeerTarget(PeerUrl.parse(url), Map.of(), false);
    }
}
