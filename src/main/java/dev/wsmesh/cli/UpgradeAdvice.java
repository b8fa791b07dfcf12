package dev.wsmesh.cli;

import dev.wsmesh.websocket.PeerUrl;

/** What an answer that is no upgrade means, and what to do about it. */
final class UpgradeAdvice {

    private UpgradeAdvice() {}

    /**
     * The failure that this answer means.
     *
     * @param said what it says itself; may be empty
     */
    static HopFailure of(PeerUrl url, Head head, String said) {
        if (head.status() == 0) {
            return noHttp(head.statusLine());
        }
        String problem = "the answer is " + head.status() + " instead of 101" + (said.isEmpty() ? "" : ": " + said);
        return new HopFailure(Hop.UPGRADE, problem, advice(url, head, said));
    }

    private static HopFailure noHttp(String line) {
        // A TLS alert begins so.
        return line.startsWith("\u0015\u0003")
                ? new HopFailure(Hop.UPGRADE, "what answers there speaks TLS", "dial it by wss:// instead of ws://")
                : new HopFailure(
                        Hop.UPGRADE,
                        "what answers there does not speak HTTP, but '" + line + "'",
                        "check host and port: another program listens there");
    }

    private static String advice(PeerUrl url, Head head, String said) {
        String path = url.uri().getRawPath().isEmpty() ? "/" : url.uri().getRawPath();
        return switch (head.status()) {
            case 200 ->
                "a web page is at " + path
                        + ", and no node: check the path (mesh.path), and that a reverse proxy between passes"
                        + " the headers Upgrade and Connection";
            case 301, 302, 303, 307, 308 ->
                "a node follows no redirection: dial what it leads to (" + head.header("location")
                        + "), as ws:// or wss://";
            case 400 ->
                said.contains("TLS")
                        ? "dial it by wss:// instead of ws://"
                        : "what is there does not take the request for an upgrade: a reverse proxy between has to pass the"
                                + " headers Upgrade and Connection, by HTTP/1.1; a port that speaks TLS wants wss://";
            case 401 -> "it asks for credentials: give them in a header (--header, mesh.peers[n].headers)";
            case 403 ->
                "somebody does not allow it: a reverse proxy or firewall between, or the node's own rules, which its log tells";
            case 404 ->
                "nothing is at " + path + ": check the path of the URL (mesh.path, server.servlet.context-path)";
            case 405 -> "what is at " + path + " takes no GET: check the path (mesh.path)";
            case 426 ->
                "it wants another protocol (" + head.header("upgrade")
                        + "), or HTTP/1.1: a reverse proxy between has to pass the headers Upgrade and Connection";
            case 429 -> "there were too many requests: wait, and look at what limits them";
            case 502, 504 ->
                "a reverse proxy between does not reach the node: see whether it runs, and what the proxy's log says";
            case 503 ->
                "the node is starting, leaving or full, or a reverse proxy has none to send us to: try again in a moment, then look"
                        + " into its log";
            default -> "look into the log of what answers there" + by(head);
        };
    }

    private static String by(Head head) {
        return head.header("server").isEmpty() ? "" : " (" + head.header("server") + ")";
    }
}
