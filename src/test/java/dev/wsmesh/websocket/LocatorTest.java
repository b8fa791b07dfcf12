package dev.wsmesh.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.wsmesh.protocol.Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Where a configured peer is. */
class LocatorTest {

    private static final PeerTarget NODE =
            new PeerTarget(PeerUrl.parse("ws://node.mesh.test:8080/a?b=c"), Map.of("Authorization", "Bearer x"), false);

    @Test
    void a_name_with_several_addresses_is_as_many_nodes_in_an_order_that_does_not_depend_on_the_answer()
            throws Exception {
        List<PeerTarget> found = locate(NODE, "10.0.0.3", "10.0.0.1", "10.0.0.2", "10.0.0.1");
        assertThat(found)
                .extracting(Locator::address)
                .extracting(Address::url)
                .containsExactly(
                        "ws://node.mesh.test:8080/a?b=c#10.0.0.1",
                        "ws://node.mesh.test:8080/a?b=c#10.0.0.2",
                        "ws://node.mesh.test:8080/a?b=c#10.0.0.3");
        assertThat(found).allSatisfy(each -> {
            assertThat(each.url()).isEqualTo(NODE.url());
            assertThat(each.headers()).isEqualTo(NODE.headers());
        });
    }

    @Test
    void a_name_with_one_address_is_dialled_by_its_name() throws Exception {
        assertThat(locate(NODE, "10.0.0.1")).containsExactly(NODE);
    }

    @Test
    void a_name_below_localhost_is_dialled_at_its_address_for_it_may_be_anybodys() throws Exception {
        PeerTarget alias = new PeerTarget(PeerUrl.parse("ws://node.localhost:8080"), Map.of(), false);
        assertThat(locate(alias, "10.0.0.1"))
                .extracting(each -> String.valueOf(Locator.address(each)))
                .containsExactly("ws://node.localhost:8080#10.0.0.1");
        PeerTarget here = new PeerTarget(PeerUrl.parse("ws://localhost:8080"), Map.of(), false);
        assertThat(locate(here, "127.0.0.1")).containsExactly(here);
    }

    @Test
    void a_host_with_an_address_of_each_family_is_one_node() throws Exception {
        assertThat(locate(NODE, "10.0.0.1", "fd00::1")).containsExactly(NODE);
        assertThat(locate(NODE, "fd00::1", "10.0.0.1")).containsExactly(NODE);
    }

    @Test
    void of_two_families_the_one_that_the_system_prefers_counts() throws Exception {
        assertThat(locate(NODE, "fd00::2", "10.0.0.1", "10.0.0.2", "fd00::1"))
                .extracting(each -> String.valueOf(Locator.address(each)))
                .containsExactly(
                        "ws://node.mesh.test:8080/a?b=c#fd00:0:0:0:0:0:0:1",
                        "ws://node.mesh.test:8080/a?b=c#fd00:0:0:0:0:0:0:2");
    }

    @Test
    void with_tls_the_name_stays_the_one_that_the_certificate_is_checked_against() throws Exception {
        PeerTarget secure = new PeerTarget(PeerUrl.parse("wss://node.mesh.test"), Map.of(), false);
        List<PeerTarget> found = locate(secure, "10.0.0.1", "10.0.0.2");
        assertThat(found).hasSize(2).allSatisfy(each -> {
            assertThat(each.url().uri().getHost()).isEqualTo("node.mesh.test");
            assertThat(each.pinned()).isNotNull();
            assertThat(Locator.unpinned(Locator.address(each)))
                    .as("others are not told an address that no certificate names")
                    .isNull();
        });
    }

    @Test
    void others_are_told_an_address_that_they_can_dial_without_the_name() throws Exception {
        assertThat(Locator.unpinned(
                        Locator.address(locate(NODE, "10.0.0.1", "10.0.0.2").getFirst())))
                .isEqualTo(new Address("ws://10.0.0.1:8080/a?b=c"));
        assertThat(Locator.unpinned(
                        Locator.address(locate(NODE, "fd00::1", "fd00::2").getFirst())))
                .isEqualTo(new Address("ws://[fd00:0:0:0:0:0:0:1]:8080/a?b=c"));
        assertThat(Locator.unpinned(Locator.address(NODE))).isNull();
    }

    @Test
    void a_name_that_the_proxy_resolves_is_not_resolved_here() throws Exception {
        Locator locator = new Locator(
                _ -> {
                    throw new UnknownHostException("never asked");
                },
                _ -> true);
        assertThat(locator.locate(NODE, false)).containsExactly(NODE);
    }

    @Test
    void a_name_without_an_address_is_told_so() {
        assertThatExceptionOfType(UnknownHostException.class)
                .isThrownBy(() -> new Locator(
                                host -> {
                                    throw new UnknownHostException(host);
                                },
                                _ -> false)
                        .locate(NODE, false));
    }

    @Test
    void the_last_of_several_addresses_keeps_its_name() throws Exception {
        InetAddress last = InetAddress.getByName("10.0.0.2");
        assertThat(new Locator(_ -> new InetAddress[] {last}, _ -> false).locate(NODE, true))
                .containsExactly(NODE.at(last));
    }

    private static List<PeerTarget> locate(PeerTarget target, String... addresses) throws UnknownHostException {
        InetAddress[] found =
                Arrays.stream(addresses).map(InetAddress::ofLiteral).toArray(InetAddress[]::new);
        return new Locator(_ -> found, _ -> false).locate(target, false);
    }
}
