package dev.wsmesh;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What one client of a node was given, outside of any node: numbers by publisher, and gaps by stream. Thread-safe. */
final class ClientLedger {

    private final String client;
    private final Map<String, List<Long>> numbers = new HashMap<>();
    private final List<Missing> gaps = new ArrayList<>();
    private int received;

    /** What a node said that it misses: of a stream, these numbers; of an unknown one, the name is empty. */
    private record Missing(String stream, long from, long to) {

        private boolean covers(Receipt receipt) {
            if (stream.isEmpty()) {
                return true;
            }
            return stream.equals(receipt.stream()) && from <= receipt.sequence() && receipt.sequence() <= to;
        }
    }

    /**
     * What a node has answered to a publisher.
     *
     * @param stream origin and epoch
     */
    record Receipt(String publisher, long number, String stream, long sequence) {}

    ClientLedger(String client) {
        this.client = client;
    }

    /** A text of a {@link ClientPublisher}. */
    synchronized void took(String text) {
        String[] words = text.split(" ", 3);
        numbers.computeIfAbsent(words[0], _ -> new ArrayList<>()).add(Long.parseLong(words[1]));
        received++;
    }

    synchronized void missed(String stream, long from, long to) {
        gaps.add(new Missing(stream, from, to));
    }

    synchronized int received() {
        return received;
    }

    /** Of these receipts, those of which the client has neither the message nor a gap that has room for it. */
    synchronized List<Receipt> missing(List<Receipt> receipts) {
        return receipts.stream()
                .filter(receipt ->
                        !numbers.getOrDefault(receipt.publisher(), List.of()).contains(receipt.number()))
                .filter(receipt -> gaps.stream().noneMatch(gap -> gap.covers(receipt)))
                .toList();
    }

    synchronized int gaps() {
        return gaps.size();
    }

    /** Each number of a publisher that does not come after the one before it: a message too late, or twice. */
    synchronized List<String> outOfOrder() {
        List<String> wrong = new ArrayList<>();
        new TreeMap<>(numbers).forEach((publisher, given) -> {
            for (int i = 1; i < given.size(); i++) {
                if (given.get(i) <= given.get(i - 1)) {
                    wrong.add(client + ": of " + publisher + " " + given.get(i) + " after " + given.get(i - 1));
                }
            }
        });
        return wrong;
    }
}
