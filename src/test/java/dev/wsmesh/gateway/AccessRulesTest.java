package dev.wsmesh.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.gateway.AccessRules.Caller;
import dev.wsmesh.gateway.AccessRules.Token;
import dev.wsmesh.protocol.Topic;
import dev.wsmesh.protocol.TopicPattern;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessRulesTest {

    private static final Token READER =
            new Token("a-secret-for-readers", List.of(), List.of(new TopicPattern("orders.>")));
    private static final Token WRITER =
            new Token("a-secret-for-writers", List.of(new TopicPattern("orders.*")), List.of());

    @ParameterizedTest
    @CsvSource({
        ">, orders.created, true",
        ">, >, true",
        ">, *, true",
        ">, $mesh.presence, false",
        "orders.>, orders.created, true",
        "orders.>, orders.*, true",
        "orders.>, orders.>, true",
        "orders.>, orders, false",
        "orders.>, >, false",
        "orders.>, *.created, false",
        "orders.*, orders.created, true",
        "orders.*, orders.*, true",
        "orders.*, orders.>, false",
        "orders.*, orders.a.b, false",
        "orders.created, orders.created, true",
        "orders.created, orders.*, false",
        "orders.created, orders, false",
        "orders, orders.created, false",
        "*.created, orders.created, true",
        "*.created, *.created, true",
        "*.created, >, false",
        "$mesh.presence, $mesh.presence, true",
        "$mesh.>, $mesh.presence, true",
        "*.presence, $mesh.presence, false"
    })
    void a_pattern_is_granted_if_everything_that_it_matches_is(String granted, String asked, boolean covered) {
        assertThat(Coverage.covers(new TopicPattern(granted), new TopicPattern(asked)))
                .isEqualTo(covered);
    }

    @Test
    void a_token_may_do_what_it_was_given_and_nothing_else() {
        AccessRules rules = new AccessRules(List.of(READER, WRITER), true);
        Caller reader = Objects.requireNonNull(rules.identify("Bearer a-secret-for-readers"));
        assertThat(reader.mayPublish(new Topic("orders.created"))).isFalse();
        assertThat(reader.maySubscribe(new TopicPattern("orders.created"))).isTrue();
        assertThat(reader.maySubscribe(new TopicPattern(">"))).isFalse();
        assertThat(reader.maySee(new Topic("orders.created"))).isTrue();
        assertThat(reader.maySee(new Topic("users.created"))).isFalse();
        Caller writer = Objects.requireNonNull(rules.identify("bearer  a-secret-for-writers"));
        assertThat(writer.mayPublish(new Topic("orders.created"))).isTrue();
        assertThat(writer.mayPublish(new Topic("users.created"))).isFalse();
        assertThat(writer.maySubscribe(new TopicPattern("orders.created"))).isFalse();
    }

    @Test
    void with_tokens_nobody_is_let_in_without_one() {
        AccessRules rules = new AccessRules(List.of(READER), true);
        assertThat(rules.isOpen()).isFalse();
        assertThat(rules.identify(null)).isNull();
        assertThat(rules.identify("Bearer")).isNull();
        assertThat(rules.identify("Bearer ")).isNull();
        assertThat(rules.identify("Basic a-secret-for-readers")).isNull();
        assertThat(rules.identify("Bearer a-secret-for-reader")).isNull();
    }

    @Test
    void without_tokens_everybody_is_let_in_or_nobody() {
        assertThat(new AccessRules(List.of(), true).identify(null)).isNotNull();
        assertThat(new AccessRules(List.of(), false).identify("Bearer x")).isNull();
        assertThat(new AccessRules(List.of(), false).isShut()).isTrue();
    }

    @Test
    void a_token_does_not_show_its_secret() {
        assertThat(READER.toString()).doesNotContain("secret");
    }
}
