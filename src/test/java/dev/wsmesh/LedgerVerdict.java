package dev.wsmesh;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the ledgers of all nodes say together, by the words of the promise.
 *
 * @param published accepted by a node
 * @param acknowledged of those that asked for it, held by a neighbour in time
 * @param delivered to all subscribers together
 * @param duplicates delivered again
 * @param outOfOrder delivered behind a later one
 * @param altered delivered with another content than was published
 * @param inGaps told as lost, to all subscribers together
 * @param missing of what is held by a survivor, or whose origin lives: neither delivered to a survivor nor told as lost
 */
record LedgerVerdict(
        long published,
        long acknowledged,
        long delivered,
        long duplicates,
        long outOfOrder,
        long altered,
        long inGaps,
        long missing) {

    static final String HEAD =
            "| scenario | published | acknowledged | delivered | duplicates | out of order | altered "
                    + "| told as gaps | missing without a gap | cut to healed |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n";

    /** One subscriber's account of one stream. */
    private static final class Account {
        final TreeMap<Long, String> delivered = new TreeMap<>();
        final TreeMap<Long, Long> gaps = new TreeMap<>();
        long first = Long.MAX_VALUE;
        long head;
        long duplicates;
        long outOfOrder;

        void advance(long from, long to) {
            first = Math.min(first, from);
            if (from <= head) {
                if (delivered.containsKey(from)) {
                    duplicates++;
                } else {
                    outOfOrder++;
                }
            }
            head = Math.max(head, to);
        }

        boolean accountsFor(long sequence) {
            Map.Entry<Long, Long> gap = gaps.floorEntry(sequence);
            return delivered.containsKey(sequence) || (gap != null && gap.getValue() >= sequence);
        }

        long inGaps() {
            return gaps.entrySet().stream()
                    .mapToLong(gap -> gap.getValue() - gap.getKey() + 1)
                    .sum();
        }
    }

    /** A ledger, and whether its node lived all the time, or only at the end, or died. */
    record Book(List<String> lines, Life life) {}

    /** Of one process. */
    enum Life {
        ALL_THE_TIME,
        CAME_LATER,
        /** Gracefully: it is owed nothing more, but it has handed over what it published. */
        LEFT,
        DIED
    }

    static LedgerVerdict of(List<Book> books) {
        Map<String, TreeMap<Long, String>> contents = new HashMap<>();
        long[] counts = new long[2];
        List<Map<String, Account>> accounts = new ArrayList<>();
        for (Book book : books) {
            accounts.add(read(book, contents, counts));
        }
        for (int i = 0; i < books.size(); i++) {
            if (isThere(books.get(i).life())) {
                // What a survivor was given, a survivor holds, or held.
                accounts.get(i)
                        .forEach((stream, account) -> account.delivered.forEach(
                                (sequence, text) -> contents.computeIfAbsent(stream, _ -> new TreeMap<>())
                                        .putIfAbsent(sequence, text)));
            }
        }
        return sum(books, accounts, contents, counts);
    }

    private static Map<String, Account> read(Book book, Map<String, TreeMap<Long, String>> contents, long[] counts) {
        Map<String, Account> accounts = new HashMap<>();
        for (String line : book.lines()) {
            String[] words = line.split(" ", -1);
            switch (words[0]) {
                case "P" -> {
                    boolean acknowledged = Integer.parseInt(words[3]) > 0;
                    counts[0]++;
                    counts[1] += acknowledged ? 1 : 0;
                    // One node is dead at a time: what a neighbour of a dead one had, a survivor has.
                    if (book.life() != Life.DIED || acknowledged) {
                        contents.computeIfAbsent(words[1], _ -> new TreeMap<>())
                                .put(Long.parseLong(words[2]), words[5]);
                    }
                }
                case "D" -> {
                    Account account = accounts.computeIfAbsent(words[1], _ -> new Account());
                    long sequence = Long.parseLong(words[2]);
                    account.advance(sequence, sequence);
                    account.delivered.put(sequence, words[3]);
                }
                case "G" -> {
                    Account account = accounts.computeIfAbsent(words[1], _ -> new Account());
                    account.advance(Long.parseLong(words[2]), Long.parseLong(words[3]));
                    account.gaps.put(Long.parseLong(words[2]), Long.parseLong(words[3]));
                }
                default -> {}
            }
        }
        return accounts;
    }

    private static LedgerVerdict sum(
            List<Book> books,
            List<Map<String, Account>> accounts,
            Map<String, TreeMap<Long, String>> contents,
            long[] counts) {
        long delivered = 0;
        long duplicates = 0;
        long outOfOrder = 0;
        long altered = 0;
        long inGaps = 0;
        long missing = 0;
        for (int i = 0; i < books.size(); i++) {
            for (Account account : accounts.get(i).values()) {
                delivered += account.delivered.size();
                duplicates += account.duplicates;
                outOfOrder += account.outOfOrder;
                inGaps += account.inGaps();
            }
            for (Map.Entry<String, TreeMap<Long, String>> stream : contents.entrySet()) {
                Account account = accounts.get(i).getOrDefault(stream.getKey(), new Account());
                for (Map.Entry<Long, String> each : stream.getValue().entrySet()) {
                    String got = account.delivered.get(each.getKey());
                    altered += got != null && !got.equals(each.getValue()) ? 1 : 0;
                    if (isDue(books.get(i).life(), account, each.getKey()) && !account.accountsFor(each.getKey())) {
                        missing++;
                    }
                }
            }
        }
        return new LedgerVerdict(counts[0], counts[1], delivered, duplicates, outOfOrder, altered, inGaps, missing);
    }

    /** Who came later begins where it is let in; the dead are owed nothing. */
    private static boolean isDue(Life life, Account account, long sequence) {
        return switch (life) {
            case ALL_THE_TIME -> true;
            case CAME_LATER -> sequence >= account.first;
            case LEFT, DIED -> false;
        };
    }

    private static boolean isThere(Life life) {
        return life == Life.ALL_THE_TIME || life == Life.CAME_LATER;
    }

    String row(String scenario, String healed) {
        return "| " + scenario + " | " + published + " | " + acknowledged + " | " + delivered + " | " + duplicates
                + " | " + outOfOrder + " | " + altered + " | " + inGaps + " | " + missing + " | " + healed + " |\n";
    }
}
