package dev.wsmesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.LedgerVerdict.Book;
import dev.wsmesh.LedgerVerdict.Life;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Faults between separate processes under load, and what the ledgers outside the nodes say afterwards. The table is written to
 * {@code target/faults.md}. With {@code -Dwsmesh.faults.long=true} the reader stops for a minute instead of a third of it.
 */
class FaultsIT {

    private static final Duration RETENTION = Duration.ofSeconds(20);
    private static final Duration SETTLED_WITHIN = Duration.ofSeconds(90);
    /** Before a gap is told, it is waited for so long, and a little; meanwhile what is retained grows older. */
    private static final Duration GAP_GRACE = Duration.ofSeconds(7);

    private static final int RATE = 100;
    private static final StringBuilder table = new StringBuilder(LedgerVerdict.HEAD);

    @TempDir
    private Path directory;

    private final List<Member> members = new ArrayList<>();
    private final List<Cable> cables = new ArrayList<>();

    /** A process that takes part, and how long it lived. */
    private static final class Member {
        final LedgerProcess process;
        Life life;

        Member(LedgerProcess process, Life life) {
            this.process = process;
            this.life = life;
        }
    }

    @AfterAll
    static void writeTable() throws IOException {
        System.out.println(table);
        Files.writeString(Path.of("target", "faults.md"), table);
    }

    @AfterEach
    void endAll() throws IOException {
        for (Member member : members) {
            member.process.close();
        }
        for (Cable cable : cables) {
            cable.close();
        }
    }

    private static final String LONG = "takes minutes: -Dwsmesh.faults.long=true runs it";

    @Test
    void a_node_that_is_killed_and_comes_back_as_itself_or_as_another() throws Exception {
        int[] ports = FreePorts.find(3);
        for (int i = 0; i < 3; i++) {
            start("node" + i, ports, i, 0, Life.ALL_THE_TIME);
        }
        awaitUpAndLoad(RATE);
        awaitDelivered(50);
        Member killed = members.get(2);
        killed.life = Life.DIED;
        killed.process.kill();
        awaitDelivered(50);
        // The directory is that of the one before it.
        start("node2", "node2-again", ports, 2, 0, Life.CAME_LATER);
        members.getLast().process.awaitUp().rate(RATE);
        awaitDelivered(50);
        Member again = members.getLast();
        again.life = Life.DIED;
        again.process.kill();
        start("another", ports, 2, 0, Life.CAME_LATER);
        members.getLast().process.awaitUp().rate(RATE);
        awaitDelivered(50);
        settle("kill -9 under load; back with the same identity, killed again, back with a new one", "");
    }

    @Test
    void all_links_cut_for_shorter_and_longer_than_anything_is_retained() throws Exception {
        cabledMesh(3600, "--mesh.retention.max-age=" + RETENTION.toSeconds() + "s");
        awaitUpAndLoad(RATE);
        awaitDelivered(50);
        for (int seconds : new int[] {1, 10}) {
            String healed = cutFor(Duration.ofSeconds(seconds));
            LedgerVerdict verdict = settle("all links cut for " + seconds + " s (one clock an hour ahead)", healed);
            assertThat(verdict.inGaps()).isZero();
        }
        String healed = cutFor(RETENTION.plusSeconds(10));
        LedgerVerdict verdict = settle("all links cut for 30 s, " + RETENTION.toSeconds() + " s retained", healed);
        assertGapsAreWhatNobodyRetained(verdict);
    }

    @EnabledIfSystemProperty(named = "wsmesh.faults.long", matches = "true", disabledReason = LONG)
    @Test
    void links_that_are_slow_or_swallow_and_a_reader_that_stops() throws Exception {
        cabledMesh(0);
        awaitUpAndLoad(RATE);
        awaitDelivered(50);
        // Node 0 and 1 see each other only through 10 kB/s, in both directions; the way by node 2 is fast.
        cable(0, 1).limit(10_000);
        cable(1, 0).limit(10_000);
        awaitDelivered(2_000);
        cable(0, 1).heal();
        cable(1, 0).heal();
        assertThat(settle("a link at 10 kB/s", "").inGaps()).isZero();
        cable(0, 2).swallowToTarget();
        cable(2, 0).swallowToDialler();
        await().atMost(SETTLED_WITHIN).until(() -> members.get(2).process.log().contains("4007"));
        awaitDelivered(100);
        cable(0, 2).heal();
        cable(2, 0).heal();
        assertThat(settle("a link that swallows one way, until it is given up", "")
                        .inGaps())
                .isZero();
        Duration stop = Duration.ofSeconds(Boolean.getBoolean("wsmesh.faults.long") ? 60 : 20);
        LedgerProcess reader = members.get(2).process;
        reader.signal("STOP");
        await().pollDelay(stop).atMost(stop.plusSeconds(5)).until(() -> true);
        reader.signal("CONT");
        long from = System.nanoTime();
        awaitDelivered(50);
        settle("a reader stopped for " + stop.toSeconds() + " s", seconds(from));
    }

    @EnabledIfSystemProperty(named = "wsmesh.faults.long", matches = "true", disabledReason = LONG)
    @Test
    void eight_nodes_that_start_at_once_and_restart_one_after_the_other() throws Exception {
        int[] ports = FreePorts.find(8);
        String peers = peers(ports);
        for (int i = 0; i < 8; i++) {
            start("node" + i, "node" + i, ports[i], 0, Life.ALL_THE_TIME, peers);
        }
        awaitUpAndLoad(20);
        awaitDelivered(20);
        settle("8 nodes started at once with the same list", "");
        for (int i = 0; i < 8; i++) {
            Member leaves = members.get(i);
            leaves.process.leave();
            leaves.life = Life.LEFT;
            start("node" + i, "node" + i + "-again", ports[i], 0, Life.CAME_LATER, peers);
            members.getLast().process.awaitUp().rate(load);
        }
        awaitDelivered(20);
        settle("rolling restart of all 8 under load", "");
    }

    private void assertGapsAreWhatNobodyRetained(LedgerVerdict verdict) {
        assertThat(verdict.inGaps()).isPositive();
        List<String> published = lines(member -> true, "P ");
        for (String gap : lines(member -> true, "G ")) {
            String[] words = gap.split(" ", -1);
            long last = Long.parseLong(words[3]);
            long healedAt = healedAtMillis;
            for (String line : published) {
                String[] each = line.split(" ", -1);
                long sequence = Long.parseLong(each[2]);
                if (each[1].equals(words[1]) && sequence >= Long.parseLong(words[2]) && sequence <= last) {
                    assertThat(healedAt - Long.parseLong(each[4]))
                            .as("the age of %s/%s in %s, in ms", each[1], sequence, gap)
                            .isGreaterThan(RETENTION.minus(GAP_GRACE).toMillis());
                }
            }
        }
    }

    private long healedAtMillis;
    private int load;

    /** Three nodes, each of which dials the others by cables of their own; the last one's clock is ahead. */
    private void cabledMesh(long secondsAhead, String... more) throws IOException {
        int[] ports = FreePorts.find(3);
        for (int from = 0; from < 3; from++) {
            List<String> urls = new ArrayList<>();
            for (int to = 0; to < 3; to++) {
                Cable cable = Cable.to(ports[to]);
                cables.add(cable);
                if (to != from) {
                    urls.add(cable.url());
                }
            }
            List<String> arguments = new ArrayList<>(List.of(more));
            arguments.add("--mesh.peers=" + String.join(",", urls));
            arguments.add("--mesh.membership.fill=false");
            start(
                    "node" + from,
                    "node" + from,
                    ports[from],
                    from == 2 ? secondsAhead : 0,
                    Life.ALL_THE_TIME,
                    arguments.toArray(String[]::new));
        }
    }

    private Cable cable(int from, int to) {
        return cables.get(3 * from + to);
    }

    /** Cuts all links, heals them, and returns how long it took until something fresh of everyone had arrived everywhere. */
    private String cutFor(Duration duration) {
        cables.forEach(Cable::cut);
        await().pollDelay(duration).atMost(duration.plusSeconds(5)).until(() -> true);
        cables.forEach(Cable::heal);
        healedAtMillis = System.currentTimeMillis();
        long from = System.nanoTime();
        List<Long> before = deliveries();
        List<Long> published = publications();
        await().pollInterval(Duration.ofMillis(50)).atMost(SETTLED_WITHIN).until(() -> {
            List<Long> now = deliveries();
            return IntStream.range(0, now.size())
                    .allMatch(i -> now.get(i) - before.get(i) > others(publications(), published, i) + 5);
        });
        return seconds(from);
    }

    /** What the node itself published since: its own are delivered to it at once, and show nothing. */
    private static long others(List<Long> now, List<Long> before, int index) {
        return now.get(index) - before.get(index);
    }

    private static String seconds(long fromNanos) {
        return String.format(Locale.ROOT, "%.1f s", (System.nanoTime() - fromNanos) / 1e9);
    }

    private void start(String name, int[] ports, int index, long secondsAhead, Life life) throws IOException {
        start(name, name, ports, index, secondsAhead, life);
    }

    private void start(String identity, String ledger, int[] ports, int index, long secondsAhead, Life life)
            throws IOException {
        start(identity, ledger, ports[index], secondsAhead, life, peers(ports));
    }

    private void start(String identity, String ledger, int port, long secondsAhead, Life life, String... arguments)
            throws IOException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--mesh.data-dir=" + directory.resolve(identity + ".data"));
        members.add(new Member(LedgerProcess.start(directory, ledger, port, secondsAhead, all), life));
    }

    private static String peers(int[] ports) {
        return "--mesh.peers="
                + String.join(
                        ",",
                        IntStream.of(ports)
                                .mapToObj(port -> "ws://localhost:" + port)
                                .toList());
    }

    private void awaitUpAndLoad(int perSecond) throws IOException {
        members.forEach(member -> member.process.awaitUp());
        load = perSecond;
        rate(load);
    }

    private void rate(int perSecond) throws IOException {
        for (Member member : members) {
            if (member.process.isAlive()) {
                member.process.rate(perSecond);
            }
        }
    }

    private void awaitDelivered(int more) {
        List<Long> before = deliveries();
        await().pollInterval(Duration.ofMillis(100)).atMost(SETTLED_WITHIN).until(() -> {
            List<Long> now = deliveries();
            return IntStream.range(0, now.size()).allMatch(i -> now.get(i) >= before.get(i) + more);
        });
    }

    /** Of the living, in their order. */
    private List<Long> deliveries() {
        return count("D ");
    }

    private List<Long> publications() {
        return count("P ");
    }

    private List<Long> count(String prefix) {
        return members.stream()
                .filter(member -> member.process.isAlive())
                .map(member -> member.process.lines().stream()
                        .filter(line -> line.startsWith(prefix))
                        .count())
                .toList();
    }

    private List<String> lines(Predicate<Member> which, String prefix) {
        return members.stream()
                .filter(which)
                .map(member -> member.process.lines())
                .flatMap(Collection::stream)
                .filter(line -> line.startsWith(prefix))
                .toList();
    }

    /** Stops the load, waits until nothing is missing, and adds a row to the table. */
    private LedgerVerdict settle(String scenario, String healed) throws IOException {
        rate(0);
        LedgerVerdict verdict = verdict();
        try {
            await().pollInterval(Duration.ofMillis(500))
                    .atMost(SETTLED_WITHIN)
                    .until(() -> verdict().missing() == 0);
        } finally {
            verdict = verdict();
            table.append(verdict.row(scenario, healed));
            System.out.println(verdict.row(scenario, healed));
            keepLogs(verdict);
        }
        assertThat(verdict.duplicates()).as("duplicates").isZero();
        assertThat(verdict.outOfOrder()).as("out of order").isZero();
        assertThat(verdict.altered()).as("altered").isZero();
        assertThat(verdict.acknowledged()).as("acknowledged").isPositive();
        for (Member member : members) {
            assertThat(member.process.log()).doesNotContain("ERROR", "OutOfMemory");
        }
        rate(load);
        return verdict;
    }

    private void keepLogs(LedgerVerdict verdict) throws IOException {
        if (verdict.missing() + verdict.duplicates() + verdict.outOfOrder() + verdict.altered() > 0) {
            Path kept = Files.createTempDirectory(Path.of("target"), "faults");
            try (var files = Files.list(directory)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Files.copy(file, kept.resolve(file.getFileName()));
                }
            }
        }
    }

    private LedgerVerdict verdict() {
        List<Book> books = new ArrayList<>();
        for (Member member : members) {
            books.add(new Book(member.process.lines(), member.life));
        }
        return LedgerVerdict.of(books);
    }
}
