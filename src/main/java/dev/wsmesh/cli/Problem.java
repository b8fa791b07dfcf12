package dev.wsmesh.cli;

import dev.wsmesh.node.LogText;
import org.jspecify.annotations.Nullable;

/** What a node answered instead of doing what it was asked for, as a failure of the command. */
final class Problem {

    /** An explanation is longer than what strangers may put into a log. A guess. */
    private static final int MOST_CHARACTERS = 1_000;

    private Problem() {}

    /**
     * The failure that this answer means.
     *
     * @param publishing whether something may be in the mesh now
     * @param withToken whether a token was shown
     * @param location of a redirection
     * @param body a problem of RFC 9457, or anything else
     */
    static CommandFailure of(
            Gateway node, int status, boolean publishing, boolean withToken, @Nullable String location, String body) {
        Fields problem = read(body);
        String said = said(problem, body);
        String tail = said.isEmpty() ? "" : ": " + said;
        if (Boolean.TRUE.equals(problem.value("published"))) {
            return CommandFailure.published(
                    ExitCodes.UNCONFIRMED, node + " answers " + status + tail, Fields.of(problem.value("receipt")));
        }
        return switch (status) {
            case 401 ->
                new CommandFailure(
                        ExitCodes.REFUSED,
                        withToken
                                ? node + " does not know this token (401)" + tail + "; see MESH_TOKEN and --token"
                                : node + " wants a token (401)" + tail + "; put it into MESH_TOKEN");
            case 403 -> new CommandFailure(ExitCodes.REFUSED, node + " does not allow this (403)" + tail);
            case 404 ->
                new CommandFailure(
                        ExitCodes.FAILED,
                        node + " has no such address (404)" + tail
                                + "; is it a node, with its HTTP gateway, its prefix in the URL, and --gateway-path where its"
                                + " mesh.gateway.path is not /api?");
            case 429, 503 ->
                new CommandFailure(ExitCodes.NOT_NOW, node + " cannot do this now (" + status + ")" + tail);
            case 502, 504 -> unreached(node + " does not reach it (" + status + ")" + tail, publishing);
            case 301, 302, 303, 307, 308 ->
                new CommandFailure(
                        ExitCodes.FAILED,
                        node + " sends us on to " + LogText.printable(String.valueOf(location)) + " (" + status
                                + "); give the node's own URL by --node");
            default -> new CommandFailure(ExitCodes.FAILED, node + " answers " + status + tail);
        };
    }

    private static CommandFailure unreached(String what, boolean publishing) {
        String message = "what stands before " + what;
        return publishing
                ? CommandFailure.unsettled(ExitCodes.UNREACHABLE, message + "; " + Gateway.UNKNOWN)
                : new CommandFailure(ExitCodes.UNREACHABLE, message);
    }

    private static Fields read(String body) {
        try {
            return Fields.of(Json.read(body));
        } catch (IllegalArgumentException e) {
            return Fields.NONE;
        }
    }

    private static String said(Fields problem, String body) {
        String said = problem.text("detail", "title", "error", "message");
        String line = said.isEmpty() ? body.lines().findFirst().orElse("").strip() : said;
        boolean forMachines = said.isEmpty() && (line.startsWith("<") || line.startsWith("{"));
        return forMachines ? "" : LogText.oneLine(line.substring(0, Math.min(MOST_CHARACTERS, line.length())));
    }
}
