package dev.wsmesh.cli;

import org.jspecify.annotations.Nullable;

/** What a node answers to a question about itself. */
final class Listing {

    private Listing() {}

    static @Nullable Object of(Gateway gateway, String place) throws CommandFailure {
        String body = gateway.get(place);
        try {
            return Json.read(body);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(
                    ExitCodes.FAILED,
                    gateway.at(place) + " says nothing that makes sense (" + e.getMessage() + "); is it a node?");
        }
    }

    /** On one line, with all that the node said. */
    static void print(Surroundings surroundings, @Nullable Object answer) {
        surroundings.out().println(Json.write(answer));
        surroundings.out().flush();
    }
}
