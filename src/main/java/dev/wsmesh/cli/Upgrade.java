package dev.wsmesh.cli;

import dev.wsmesh.node.LogText;
import dev.wsmesh.websocket.PeerUrl;
import dev.wsmesh.websocket.Subprotocol;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;

/** From HTTP to WebSocket (RFC 6455, section 4), offering our subprotocol. */
final class Upgrade {

    private static final String ACCEPT_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int KEY_BYTES = 16;
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int MOST_BODY_BYTES = 1024;

    private final PeerUrl url;
    private final Map<String, String> headers;
    private final boolean askedForCertificate;

    /**
     * An upgrade that has not begun.
     *
     * @param askedForCertificate whether the peer has asked for a certificate, and got none
     */
    Upgrade(PeerUrl url, Map<String, String> headers, boolean askedForCertificate) {
        this.url = url;
        this.headers = headers;
        this.askedForCertificate = askedForCertificate;
    }

    Wire on(Socket socket, Findings findings) throws IOException, HopFailure {
        byte[] random = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(random);
        String key = Base64.getEncoder().encodeToString(random);
        InputStream in = new BufferedInputStream(socket.getInputStream());
        Head head;
        try {
            socket.getOutputStream().write(request(key).getBytes(StandardCharsets.ISO_8859_1));
            head = Head.read(in);
        } catch (SSLException e) {
            throw tlsEnded(e);
        } catch (SocketException e) {
            // Whether the peer's alert is read, or writing fails before that, is chance.
            if (askedForCertificate) {
                throw tlsEnded(e);
            }
            throw e;
        }
        if (head.status() != SWITCHING_PROTOCOLS) {
            throw UpgradeAdvice.of(url, head, said(head, in));
        }
        if (!head.header("sec-websocket-accept").equals(accept(key))) {
            throw new HopFailure(
                    Hop.UPGRADE,
                    "the answer is 101, but not to our request (Sec-WebSocket-Accept is wrong)",
                    "something between answers from a cache; let it pass upgrades through");
        }
        String spoken = head.header("sec-websocket-protocol");
        if (!spoken.equalsIgnoreCase(Subprotocol.NAME)) {
            throw new HopFailure(
                    Hop.UPGRADE,
                    "it takes WebSocket, but speaks " + (spoken.isEmpty() ? "no subprotocol" : spoken) + " instead of "
                            + Subprotocol.NAME,
                    "it is a plain peer, which a node may dial as such (mesh.peers[n].plain: true); if it should be a node,"
                            + " check host, port and path (mesh.path), and what stands between");
        }
        findings.ok(Hop.UPGRADE, "101, " + spoken + server(head));
        return new Wire(in, socket.getOutputStream());
    }

    private static HopFailure tlsEnded(IOException e) {
        return new HopFailure(
                Hop.TLS,
                "the peer ended TLS (" + e.getMessage() + ")",
                "it wants a certificate of ours, as it seems: doctor has none, a node shows that of its mesh.ssl.bundle");
    }

    private String request(String key) {
        String path = url.uri().getRawPath().isEmpty() ? "/" : url.uri().getRawPath();
        String query = url.uri().getRawQuery() == null ? "" : "?" + url.uri().getRawQuery();
        StringBuilder request = new StringBuilder("GET " + path + query + " HTTP/1.1\r\nHost: " + url.hostAndPort()
                + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
                + key
                + "\r\nSec-WebSocket-Protocol: " + Subprotocol.NAME + "\r\n");
        headers.forEach(
                (name, value) -> request.append(name).append(": ").append(value).append("\r\n"));
        return request.append("\r\n").toString();
    }

    /** What an answer says that is meant to be read. */
    private static String said(Head head, InputStream in) throws IOException {
        String length = head.header("content-length");
        boolean chunked = !head.header("transfer-encoding").isEmpty();
        if (!head.header("content-type").startsWith("text/plain") || chunked || !length.matches("[0-9]{0,9}")) {
            return "";
        }
        int bytes = length.isEmpty() ? MOST_BODY_BYTES : Math.min(MOST_BODY_BYTES, Integer.parseInt(length));
        String body = new String(in.readNBytes(bytes), StandardCharsets.UTF_8);
        return LogText.printable(
                body.lines().map(String::strip).collect(Collectors.joining(" ")).replaceFirst("[.;]+$", ""));
    }

    private static String server(Head head) {
        return head.header("server").isEmpty() ? "" : ", by " + LogText.printable(head.header("server"));
    }

    private static String accept(String key) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-1").digest((key + ACCEPT_GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime has no SHA-1", e);
        }
    }
}
