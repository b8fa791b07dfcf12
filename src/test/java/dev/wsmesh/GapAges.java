package dev.wsmesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How old what is in gaps was when it could have been had. A record could be had from the moment when a link came up, and was still
 * up when the gap was told, with a node that had it: its publisher, or another once it was delivered there. Of several such moments
 * the first counts; where there is none, the one when the gap was told.
 *
 * <p>What has no line of its own (presence, and what a killed node did not write down any more) counts as published with the next
 * record that has: it was not later. Where there is none after it, nothing is known of its age, and that is a failure.
 */
final class GapAges {

    private final long retainedMillis;
    /** Of each stream, when its records were published. */
    private final Map<String, NavigableMap<Long, Long>> published = new HashMap<>();
    /** Of each node, when the records of each stream were first delivered there, over all of its processes. */
    private final Map<String, Map<String, Map<Long, Long>>> delivered = new HashMap<>();

    private GapAges(List<List<String>> ledgers, long retainedMillis) {
        this.retainedMillis = retainedMillis;
        ledgers.forEach(this::read);
    }

    /**
     * Fails unless all that is in gaps was older than this.
     *
     * @param ledgers one for each process, as {@link LedgerNode} writes them
     */
    static void assertOlderThan(long retainedMillis, List<List<String>> ledgers) {
        GapAges ages = new GapAges(ledgers, retainedMillis);
        ledgers.forEach(ages::check);
    }

    private void read(List<String> ledger) {
        Map<String, Map<Long, Long>> here = new HashMap<>();
        for (String line : ledger) {
            String[] words = line.split(" ", -1);
            switch (words[0]) {
                case "U" -> here = delivered.computeIfAbsent(origin(words[1]), _ -> new HashMap<>());
                case "P" ->
                    published
                            .computeIfAbsent(words[1], _ -> new TreeMap<>())
                            .put(Long.parseLong(words[2]), Long.parseLong(words[4]));
                case "D" ->
                    here.computeIfAbsent(words[1], _ -> new HashMap<>())
                            .putIfAbsent(Long.parseLong(words[2]), Long.parseLong(words[4]));
                default -> {}
            }
        }
    }

    private void check(List<String> ledger) {
        Map<String, Long> linkedAt = new HashMap<>();
        for (String line : ledger) {
            String[] words = line.split(" ", -1);
            switch (words[0]) {
                case "N" -> linkedAt.put(words[1], Long.parseLong(words[2]));
                case "M" -> linkedAt.remove(words[1]);
                case "G" -> {
                    for (long sequence = Long.parseLong(words[2]); sequence <= Long.parseLong(words[3]); sequence++) {
                        check(words[1], sequence, linkedAt, line);
                    }
                }
                default -> {}
            }
        }
    }

    private void check(String stream, long sequence, Map<String, Long> linkedAt, String gap) {
        Map.@Nullable Entry<Long, Long> at =
                published.getOrDefault(stream, new TreeMap<>()).ceilingEntry(sequence);
        if (at == null) {
            throw new AssertionError("nothing is known of when " + sequence + " was published: " + gap);
        }
        long publishedAt = at.getValue();
        long toldAt = Long.parseLong(gap.split(" ", -1)[5]);
        List<Long> moments = new ArrayList<>(List.of(toldAt));
        linkedAt.forEach((peer, since) -> {
            @Nullable
            Long there = peer.equals(origin(stream))
                    ? Long.valueOf(publishedAt)
                    : delivered
                            .getOrDefault(peer, Map.of())
                            .getOrDefault(stream, Map.of())
                            .get(sequence);
            if (there != null) {
                moments.add(Math.max(since, there));
            }
        });
        long could = moments.stream().min(Long::compare).orElse(toldAt);
        assertThat(could - publishedAt)
                .as("the age in ms of %s when it could be had, in %s", sequence, gap)
                .isGreaterThan(retainedMillis);
    }

    private static String origin(String stream) {
        return stream.substring(0, stream.indexOf('/'));
    }
}
