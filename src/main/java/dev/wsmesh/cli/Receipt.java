package dev.wsmesh.cli;

import java.util.ArrayList;
import java.util.List;

/** What a node says of a message that it has taken. */
final class Receipt {

    private Receipt() {}

    /** Whatever it is, the node has taken the message: so this complains of nothing. */
    static Fields read(String body) {
        try {
            return Fields.of(Json.read(body));
        } catch (IllegalArgumentException e) {
            return Fields.NONE;
        }
    }

    /** In one line. */
    static String inWords(String topic, Fields receipt) {
        List<String> parts = new ArrayList<>();
        String position = receipt.value("position") instanceof String text ? text : position(receipt);
        parts.add("published on " + topic + (position.isEmpty() ? "" : " as " + position));
        Double neighbours = receipt.number("neighbours", "peers");
        if (neighbours != null) {
            parts.add(
                    neighbours == 0
                            ? "no node is linked: it waits here for the first one"
                            : "on its way to " + count(neighbours, "neighbour"));
        }
        Double acknowledged = receipt.number("acknowledged", "acknowledgements");
        if (acknowledged != null && acknowledged > 0) {
            parts.add("held by " + count(acknowledged, "of them", "of them"));
        }
        return String.join(", ", parts);
    }

    private static String position(Fields receipt) {
        Fields position = Fields.of(receipt.value("position"));
        Fields where = position.values().isEmpty() ? receipt : position;
        String origin = where.text("origin", "publisher", "id");
        String number = where.text("sequence", "seq", "number");
        return origin.isEmpty() || number.isEmpty() ? "" : origin + "/" + number;
    }

    private static String count(double number, String one) {
        return count(number, one, one + "s");
    }

    private static String count(double number, String one, String many) {
        long whole = Math.round(number);
        return whole + " " + (whole == 1 ? one : many);
    }
}
