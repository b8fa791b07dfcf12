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
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Nodes in processes or containers of their own, under load, with ledgers outside of them; and a table of what the ledgers say. */
final class LedgerMesh implements AutoCloseable {

    private static final Duration SETTLED_WITHIN = Duration.ofSeconds(90);
    /** Ages travel in milliseconds, and grow on the way; a ledger is written a little later than what it tells happens. */
    private static final Duration ROUNDING = Duration.ofMillis(500);

    private final Path directory;
    private final StringBuilder table;
    private final List<Member> members = new ArrayList<>();
    private int load;

    /** A process that takes part, and how long it lived. */
    static final class Member {
        final LedgerProcess process;
        Life life;

        Member(LedgerProcess process, Life life) {
            this.process = process;
            this.life = life;
        }
    }

    /** Ledgers and logs are files of this directory; each verdict becomes a row of the table. */
    LedgerMesh(Path directory, StringBuilder table) {
        this.directory = directory;
        this.table = table;
    }

    Member add(LedgerProcess process, Life life) {
        Member member = new Member(process, life);
        members.add(member);
        return member;
    }

    Member member(int index) {
        return members.get(index);
    }

    /** The one that was added last, under the load of the others. */
    void awaitLastUp() throws IOException {
        members.getLast().process.awaitUp().rate(load);
    }

    @Override
    public void close() {
        members.forEach(member -> member.process.close());
    }

    /** Whatever is in a gap was older than anything is retained when it could have been had: see {@link GapAges}. */
    void assertGapsAreWhatNobodyRetained(Duration retention) {
        GapAges.assertOlderThan(
                retention.minus(ROUNDING).toMillis(),
                members.stream().map(member -> member.process.lines()).toList());
    }

    /** How long it took from now until everyone was told more than what it published itself. */
    String awaitHealed() {
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

    static String seconds(long fromNanos) {
        return String.format(Locale.ROOT, "%.1f s", (System.nanoTime() - fromNanos) / 1e9);
    }

    void awaitUpAndLoad(int perSecond) throws IOException {
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

    /** Waits until each of those has been delivered so many more of what each of them, itself included, publishes. */
    void awaitHeard(int more, List<Member> those) {
        List<Long> before = heard(those);
        await().pollInterval(Duration.ofMillis(100)).atMost(SETTLED_WITHIN).until(() -> {
            List<Long> now = heard(those);
            return IntStream.range(0, now.size()).allMatch(i -> now.get(i) >= before.get(i) + more);
        });
    }

    /** The same, for all that live. */
    void awaitHeardByAll(int more) {
        awaitHeard(
                more,
                members.stream().filter(member -> member.process.isAlive()).toList());
    }

    /** For each pair of them, how much of the one's stream the other was delivered. */
    private static List<Long> heard(List<Member> those) {
        List<Long> counts = new ArrayList<>();
        for (Member publisher : those) {
            String prefix = "D " + publisher.process.stream() + " ";
            those.forEach(each -> counts.add(each.process.count(prefix)));
        }
        return counts;
    }

    /** From now on all publish messages of so many bytes. */
    void bytes(int bytes) throws IOException {
        for (Member member : members) {
            if (member.process.isAlive()) {
                member.process.bytes(bytes);
            }
        }
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
                .map(member -> member.process.count(prefix))
                .toList();
    }

    /** Stops the load, waits until nothing is missing, and adds a row to the table. */
    LedgerVerdict settle(String scenario, String healed) throws IOException {
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
