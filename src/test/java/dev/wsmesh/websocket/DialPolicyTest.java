package dev.wsmesh.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.wsmesh.protocol.Address;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not dialled on somebody's word. */
class DialPolicyTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.9.9.9",
                "::1",
                "169.254.169.254",
                "fe80::1",
                "0.0.0.0",
                "::",
                "224.0.0.1",
                "168.63.129.16",
                "100.100.100.200",
                "fd00:ec2::254",
                "64:ff9b::a9fe:a9fe"
            })
    void what_only_this_node_can_reach_is_not_dialled_by_its_address_or_a_name(String address) {
        DialPolicy policy = policy(false, "10.0.0.1", address);
        String literal = address.contains(":") ? "[" + address + "]" : address;
        assertThat(policy.mayDial(new Address("ws://" + literal + ":8080"))).isFalse();
        assertThat(policy.complaint(PeerUrl.parse("ws://" + literal + ":8080")))
                .contains("'ws://" + literal + ":8080'");
        assertThatExceptionOfType(DialException.class)
                .as("one bad address of several is enough")
                .isThrownBy(() -> policy.judged(target("ws://node.mesh.test:8080")));
        assertThatExceptionOfType(DialException.class)
                .isThrownBy(() -> policy(false, "10.0.0.1")
                        .judged(target("ws://node.mesh.test:8080").at(InetAddress.ofLiteral(address))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1", "192.168.1.1", "203.0.113.7", "fd00::1"})
    void what_others_can_reach_is_dialled_at_the_address_that_was_judged(String address) throws DialException {
        assertThat(policy(false, address)
                        .judged(target("ws://node.mesh.test:8080"))
                        .pinned())
                .isEqualTo(InetAddress.ofLiteral(address));
    }

    @Test
    void a_mesh_on_this_machine_stays_on_it() {
        assertThat(policy(true).mayDial(new Address("ws://localhost:8080"))).isTrue();
        assertThat(policy(true).mayDial(new Address("ws://[::1]:8080"))).isTrue();
        assertThat(policy(true).mayDial(new Address("ws://169.254.169.254"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LocalHost", "localhost.", "node.localhost", "a.node.localhost."})
    void a_name_that_means_this_machine_is_judged_without_a_look_up(String host) {
        Address address = new Address("ws://" + host + ":8080");
        assertThat(unresolving(false).mayDial(address)).isFalse();
        assertThat(unresolving(true).mayDial(address)).isTrue();
    }

    @Test
    void any_other_name_is_judged_only_when_it_is_dialled() {
        assertThat(unresolving(false).mayDial(new Address("ws://localhost.mesh.test:8080")))
                .isTrue();
        assertThat(unresolving(false).mayDial(new Address("ws://notlocalhost:8080")))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ws://node.mesh.test:8080", "wss://node.mesh.test"})
    void a_name_that_a_proxy_resolves_is_not_looked_up_here(String url) throws DialException {
        assertThat(proxied(false).judged(target(url))).isEqualTo(target(url));
        assertThat(proxied(false).target(new Address(url))).isEqualTo(target(url));
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "node.localhost", "127.0.0.1", "[::1]"})
    void this_machine_is_judged_by_its_names_and_addresses_though_there_is_a_proxy(String host) throws DialException {
        PeerTarget here = target("ws://" + host + ":8080");
        assertThatExceptionOfType(DialException.class)
                .isThrownBy(() -> proxied(false).judged(here));
        assertThat(proxied(true).judged(here)).isEqualTo(here);
    }

    @ParameterizedTest
    @ValueSource(strings = {"169.254.169.254", "0.0.0.0", "[fe80::1]", "100.100.100.200"})
    void an_address_is_judged_though_there_is_a_proxy(String host) {
        assertThatExceptionOfType(DialException.class)
                .isThrownBy(() -> proxied(true).judged(target("ws://" + host + ":8080")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "169.254.169.254", "10.0.0.1"})
    void a_configured_name_is_dialled_wherever_it_leads(String address) throws DialException {
        PeerTarget configured = target("wss://node.mesh.test:8443");
        assertThat(policy(false, address, "10.0.0.2").configured(configured))
                .isEqualTo(configured.at(InetAddress.ofLiteral(address)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1", "10.0.0.1", "[::1]"})
    void a_configured_address_takes_no_look_up(String host) throws DialException {
        PeerTarget configured = target("ws://" + host + ":8080");
        assertThat(unresolving(false).configured(configured)).isEqualTo(configured);
        PeerTarget pinned = target("ws://node.mesh.test:8080").at(InetAddress.ofLiteral("10.0.0.1"));
        assertThat(unresolving(false).configured(pinned)).isEqualTo(pinned);
    }

    @Test
    void a_configured_name_that_a_proxy_resolves_is_not_looked_up_here() throws DialException {
        PeerTarget configured = target("wss://node.mesh.test");
        assertThat(proxied(false).configured(configured)).isEqualTo(configured);
    }

    @Test
    void a_configured_name_behind_a_proxy_of_the_platforms_own_settings_is_not_looked_up_either() throws DialException {
        ProxySelector before = ProxySelector.getDefault();
        ProxySelector.setDefault(new ProxyFor("https://far.mesh.test:8443/mesh"));
        try {
            PeerTarget far = target("wss://far.mesh.test:8443/mesh");
            assertThat(policy(false, "10.0.0.1").configured(far)).isEqualTo(far);
            PeerTarget near = target("ws://far.mesh.test:8443/mesh");
            assertThat(policy(false, "10.0.0.1").configured(near))
                    .isEqualTo(near.at(InetAddress.ofLiteral("10.0.0.1")));
        } finally {
            ProxySelector.setDefault(before);
        }
    }

    /** As the platform's, with a proxy for one URL. */
    private static final class ProxyFor extends ProxySelector {

        private final URI proxied;

        ProxyFor(String proxied) {
            this.proxied = URI.create(proxied);
        }

        @Override
        public List<Proxy> select(URI uri) {
            return List.of(
                    uri.equals(proxied)
                            ? new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("proxy", 3128))
                            : Proxy.NO_PROXY);
        }

        @Override
        public void connectFailed(URI uri, SocketAddress address, IOException failure) {}
    }

    /** Literals alone are resolved: a name fails the test. */
    private static DialPolicy proxied(boolean loopbackAllowed) {
        return new DialPolicy(
                () -> loopbackAllowed, host -> new InetAddress[] {InetAddress.ofLiteral(host)}, _ -> true);
    }

    private static DialPolicy unresolving(boolean loopbackAllowed) {
        return new DialPolicy(
                () -> loopbackAllowed,
                host -> {
                    throw new AssertionError("looked up: " + host);
                },
                _ -> false);
    }

    private static PeerTarget target(String url) {
        return new PeerTarget(PeerUrl.parse(url), Map.of(), false);
    }

    private static DialPolicy policy(boolean loopbackAllowed, String... addresses) {
        return new DialPolicy(
                () -> loopbackAllowed,
                _ -> java.util.Arrays.stream(addresses)
                        .map(InetAddress::ofLiteral)
                        .toArray(InetAddress[]::new),
                _ -> false);
    }
}
