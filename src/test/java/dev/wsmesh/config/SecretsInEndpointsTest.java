package dev.wsmesh.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.core.env.MapPropertySource;

/** What endpoints show of values where an operator lets them. */
class SecretsInEndpointsTest {

    private static final String HIDDEN = SanitizableData.SANITIZED_VALUE;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"remark\":\"top\\/secret+key\"}",
                "{\"remark\":\"top/secret\\u002bkey\"}",
                "-Dremark=top/secret+key",
            })
    void a_secret_is_hidden_wherever_it_stands_also_as_json_writes_it(String value) {
        assertThat(shown("VCAP_SERVICES", value, "top/secret+key")).isEqualTo(HIDDEN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SPRING_APPLICATION_JSON",
                "spring.application.json",
                "sun.java.command",
                "JAVA_TOOL_OPTIONS",
                "JDK_JAVA_OPTIONS"
            })
    void what_holds_many_properties_is_hidden_as_soon_as_it_names_a_secret_one(String name) {
        for (String value : new String[] {
            "--mesh.key=x",
            "-Dmesh.key[0]=x -Da=b",
            "app.jar --MESH_KEY=x",
            "--mesh.gateway.tokens[0].token=x",
            "--MESH_GATEWAY_TOKENS_0_TOKEN=x",
            "--mesh.peers[1].headers.Authorization=x",
            "--mesh.proxy=http://me:x@proxy:1",
            "{\"mesh.k-e-y\":\"x\"}",
            "{\"mesh\":{\"cluster\":\"a\",\"key\":\"x\"}}",
            "{\"m\\u0065sh\":{\"KEY\":\"x\"}}",
            "{\"mesh\":{\"gateway\":{\"tokens\":[{\"publish\":\"a\",\"token\":\"x\"}]}}}",
            "{\"mesh\":{\"peers\":[{\"url\":\"ws://a\",\"headers\":{\"X\":\"x\"}}]}}",
            "{\"mesh\":{\"cluster\":\"a\",\"proxy\":\"me:x@proxy:1\"}}",
        }) {
            assertThat(shown(name, value)).as(value).isEqualTo(HIDDEN);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sun.java.command        | app.jar --mesh.peers=ws://a:1 --mesh.key-file=/run/key",
                "sun.java.command        | app.jar --mesh.gateway.tokens[0].token-file=/run/token",
                "SPRING_APPLICATION_JSON | {\"mesh\":{\"cluster\":\"a\",\"key-file\":\"/run/x\"}}",
                "JAVA_TOOL_OPTIONS       | -XX:MaxRAMPercentage=75 -Dhttps.proxyHost=proxy",
                "mesh.peers[0].url       | ws://a:1",
                "PATH                    | /opt/mesh/key",
            })
    void what_names_none_is_shown(String name, String value) {
        assertThat(shown(name, value)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mesh.key",
                "mesh.key[0]",
                "MESH_KEY",
                "MESH_KEY_1",
                "mesh.k-e-y",
                "mesh.gateway.tokens[0].token",
                "MESH_GATEWAY_TOKENS_0_TOKEN",
                "mesh.peers[0].headers.Authorization",
                "MESH_PEERS_0_HEADERS_AUTHORIZATION"
            })
    void a_secret_property_is_hidden_however_it_is_spelt_and_whatever_it_says(String name) {
        assertThat(shown(name, "x")).isEqualTo(HIDDEN);
    }

    @Test
    void of_a_proxy_only_the_credentials_are_hidden() {
        assertThat(shown("MESH_PROXY", "http://me:pass-word@proxy:1", "me:pass-word@"))
                .isEqualTo("http://***@proxy:1");
    }

    @Test
    void credentials_of_a_proxy_are_secrets_in_every_form() {
        assertThat(ProxySource.secrets("http://me:pass%40word@proxy:1"))
                .extracting(SecretText::value)
                .containsExactly("me:pass%40word@", "pass%40word", "pass@word", "bWU6cGFzc0B3b3Jk");
        assertThat(ProxySource.secrets("proxy:1")).isEmpty();
        assertThat(ProxySource.secrets(null)).isEmpty();
    }

    @Test
    void headers_are_secrets_without_their_scheme() {
        assertThat(new PeerProperties("ws://a:1", Map.of("Authorization", "Bearer long-token"), false).secrets())
                .extracting(SecretText::value)
                .containsExactly("long-token");
        assertThat(new PeerProperties("ws://a:1", Map.of("X", "any thing else"), false).secrets())
                .extracting(SecretText::value)
                .containsExactly("any thing else");
    }

    @Test
    void a_text_so_short_that_it_could_stand_anywhere_hides_nothing_else() {
        assertThat(shown("java.version", "25.0.1", "1")).isEqualTo("25.0.1");
    }

    private static @Nullable Object shown(String name, String value, String... secrets) {
        SecretsInEndpoints hiding = new SecretsInEndpoints(
                Arrays.stream(secrets).map(SecretText::new).toList());
        return hiding.apply(new SanitizableData(new MapPropertySource("test", Map.of()), name, value))
                .getValue();
    }
}
