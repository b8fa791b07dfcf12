package dev.wsmesh.websocket;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.identity.LocalNode;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.MeshCounters.DialFailure;
import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.Intent;
import dev.wsmesh.protocol.Limits;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Every dial has an outcome, and the core hears of it. */
class LinkDiallerTest {

    private static final Address ADDRESS = new Address("ws://somewhere.mesh.test:1");

    private final RecordingCore core = new RecordingCore();
    private final MeshCounters counters = new MeshCounters();

    @Test
    void a_dial_that_ends_with_an_error_has_failed() throws Exception {
        LinkDialler dialler = dialler(_ -> {
            throw new StackOverflowError("made by the test");
        });
        dialler.dial(ADDRESS, Intent.JOIN);
        assertThat(core.take()).isEqualTo(new Input.DialFailed(ADDRESS, CloseCode.ABNORMAL));
    }

    @Test
    void a_dial_that_the_policy_forbids_is_counted_as_one_that_failed() throws Exception {
        LinkDialler dialler = dialler(_ -> new InetAddress[] {InetAddress.ofLiteral("169.254.169.254")});
        dialler.dial(ADDRESS, Intent.JOIN);
        assertThat(core.take()).isEqualTo(new Input.DialFailed(ADDRESS, CloseCode.PROTOCOL_VERSION));
        assertThat(counters.dialFailures(DialFailure.NOT_ALLOWED)).isEqualTo(1);
        assertThat(counters.dials()).isEqualTo(1);
    }

    @Test
    void a_name_without_an_address_is_counted_as_that_before_anything_is_dialled() throws Exception {
        LinkDialler dialler = dialler(host -> {
            throw new UnknownHostException(host);
        });
        dialler.dial(ADDRESS, Intent.JOIN);
        assertThat(core.take()).isEqualTo(new Input.DialFailed(ADDRESS, CloseCode.ABNORMAL));
        assertThat(counters.dialFailures(DialFailure.UNKNOWN_HOST)).isEqualTo(1);
    }

    @Test
    void a_look_up_that_nobody_answers_ends_with_the_time_of_the_dial() throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        LinkDialler dialler = dialler(Duration.ofMillis(200), _ -> {
            awaitAnyway(answered);
            return new InetAddress[] {InetAddress.getLoopbackAddress()};
        });
        try {
            dialler.dial(ADDRESS, Intent.JOIN);
            assertThat(core.take()).isEqualTo(new Input.DialFailed(ADDRESS, CloseCode.ABNORMAL));
            assertThat(answered.getCount()).as("still silent").isEqualTo(1);
            assertThat(counters.dialFailures(DialFailure.TIMEOUT)).isEqualTo(1);
            assertThat(counters.dials()).isEqualTo(1);
        } finally {
            answered.countDown();
        }
    }

    @Test
    void a_configured_name_is_dialled_where_the_resolver_says() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
            Address configured = new Address("ws://somewhere.mesh.test:" + server.getLocalPort());
            LinkDialler dialler =
                    dialler(PATIENCE, _ -> new InetAddress[] {InetAddress.getLoopbackAddress()}, configured);
            dialler.dial(configured, Intent.JOIN);
            // The name has no address but that one.
            try (Socket dialled = server.accept()) {
                BufferedReader request =
                        new BufferedReader(new InputStreamReader(dialled.getInputStream(), StandardCharsets.US_ASCII));
                assertThat(request.lines().takeWhile(line -> !line.isEmpty()))
                        .containsOnlyOnce("Host: somewhere.mesh.test:" + server.getLocalPort());
            }
            assertThat(core.take()).isEqualTo(new Input.DialFailed(configured, CloseCode.ABNORMAL));
        }
    }

    @Test
    void many_configured_names_that_nobody_answers_take_few_look_ups_and_end_with_the_time_of_the_dial()
            throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        Locator.Resolver silent = _ -> {
            asked.incrementAndGet();
            awaitAnyway(answered);
            return new InetAddress[] {InetAddress.getLoopbackAddress()};
        };
        Address[] configured = IntStream.range(0, 2 * LimitedResolver.AT_A_TIME)
                .mapToObj(i -> new Address("ws://node" + i + ".mesh.test:1"))
                .toArray(Address[]::new);
        LinkDialler dialler = dialler(Duration.ofMillis(200), new LimitedResolver(silent), configured);
        try {
            for (Address each : configured) {
                dialler.dial(each, Intent.JOIN);
            }
            for (Address _ : configured) {
                assertThat(core.take()).isInstanceOf(Input.DialFailed.class);
            }
            assertThat(asked.get()).isBetween(1, LimitedResolver.AT_A_TIME);
            assertThat(counters.dialFailures(DialFailure.TIMEOUT)).isEqualTo(configured.length);
        } finally {
            answered.countDown();
        }
    }

    /** As a look-up, which no interrupt ends. */
    private static void awaitAnyway(CountDownLatch latch) {
        boolean interrupted = false;
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private LinkDialler dialler(Locator.Resolver resolver) {
        return dialler(PATIENCE, resolver);
    }

    private LinkDialler dialler(Duration timeout, Locator.Resolver resolver, Address... configured) {
        LocalNode local = Stranger.newNode();
        LinkRegistry links = new LinkRegistry(
                _ -> local,
                new LinkLimits(Limits.DEFAULT, PATIENCE, 16, 10_000, 1 << 20, Duration.ofSeconds(1)),
                counters,
                InstantSource.system(),
                () -> "localhost:1");
        links.open(core);
        return new LinkDialler(
                new PeerDialler(counters, timeout, new Connector(PATIENCE, NoTls.CONTEXT, ProxySettings.NONE)),
                links,
                new PeerRegistry(
                        new PlainPeerLimits(10, 1_000, Duration.ofSeconds(5), 1_000, 1_000, 1),
                        counters,
                        InstantSource.system(),
                        () -> "localhost:1"),
                new MeshPeers(
                        Arrays.stream(configured)
                                .map(address -> new PeerTarget(PeerUrl.parse(address.url()), Map.of(), false))
                                .toList(),
                        new Locator(_ -> new InetAddress[] {InetAddress.getLoopbackAddress()}, _ -> false),
                        Duration.ofHours(1),
                        InstantSource.system()),
                (text, peer) -> {},
                new LinkDialler.PlainRule(false, () -> {
                    throw new AssertionError("there is no plain peer");
                }),
                new DialPolicy(() -> true, resolver, _ -> false));
    }
}
