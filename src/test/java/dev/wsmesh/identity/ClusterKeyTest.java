package dev.wsmesh.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterKeyTest {
    private static final byte[] MESSAGE = {1, 2, 3};

    @Test
    void aGeneratedKeyIsAccepted() {
        String text = ClusterKey.generate();
        assertThat(Base64.getDecoder().decode(text)).hasSize(ClusterKey.LEAST_BYTES);
        assertThat(ClusterKey.parse(text).mac(MESSAGE))
                .isEqualTo(ClusterKey.parse(" " + text + "\n").mac(MESSAGE));
    }

    @Test
    void differentKeysMakeDifferentCodes() {
        assertThat(ClusterKey.parse(ClusterKey.generate()).mac(MESSAGE))
                .isNotEqualTo(ClusterKey.parse(ClusterKey.generate()).mac(MESSAGE));
    }

    @Test
    void theKeyItselfIsNotUsedForTheCode() throws Exception {
        String text = ClusterKey.generate();
        Mac plain = Mac.getInstance("HmacSHA256");
        plain.init(new SecretKeySpec(Base64.getDecoder().decode(text), "HmacSHA256"));
        assertThat(ClusterKey.parse(text).mac(MESSAGE)).isNotEqualTo(plain.doFinal(MESSAGE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "c2hvcnQ=", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="})
    void aShortKeyIsRefusedWithTheWayOut(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClusterKey.parse(text))
                .withMessageContaining("at least 32 random bytes")
                .withMessageContaining("the command 'key' makes one");
    }

    @ParameterizedTest
    @ValueSource(bytes = {0, 7, -1})
    void aKeyOfOneByteRepeatedIsRefusedWithTheWayOut(byte each) {
        byte[] bytes = new byte[40];
        Arrays.fill(bytes, each);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClusterKey.parse(Base64.getEncoder().encodeToString(bytes)))
                .withMessageContaining("all bytes of this one are the same")
                .withMessageContaining("the command 'key' makes one");
    }

    @Test
    void whatIsNoKeyIsNotQuoted() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClusterKey.parse("my secret password"))
                .withMessageContaining("base64")
                .withMessageNotContaining("password")
                .withNoCause();
        assertThat(ClusterKey.parse(ClusterKey.generate())).hasToString("ClusterKey[hidden]");
    }

    @Test
    void thereAreAtMostTwo() {
        List<String> three = List.of(ClusterKey.generate(), ClusterKey.generate(), ClusterKey.generate());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClusterKeys.parse(three))
                .withMessageContaining("at most 2 cluster keys");
    }
}
