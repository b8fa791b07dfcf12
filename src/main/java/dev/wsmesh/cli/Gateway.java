package dev.wsmesh.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The ways into a running node over HTTP. By the oldest of Java's HTTP clients, because a command that runs for a moment feels
 * how long the newer one takes to begin (docs/adr/0410).
 */
final class Gateway {

    static final String UNKNOWN = "whether it was published is not known";

    static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    /** Beyond what the node was given, so that its own answer comes first. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    /** An event stream that is silent for longer is dead: nodes send a comment every few seconds. A guess. */
    private static final Duration SILENCE = Duration.ofSeconds(60);

    private static final int MAX_ERROR_BYTES = 64 * 1024;

    static {
        // Otherwise a publication whose answer is lost would be sent again behind our back, and stand in the mesh
        // twice.
        System.setProperty("sun.net.http.retryPost", "false");
    }

    private final URI node;
    private final String path;
    private final @Nullable String token;
    private final Duration timeout;
    private final @Nullable X509ExtendedTrustManager trust;

    /**
     * The gateway of a node.
     *
     * @param path what its addresses begin with, behind what is in the node's URL
     */
    Gateway(URI node, String path, @Nullable String token, Duration timeout, @Nullable X509ExtendedTrustManager trust) {
        this.node = node;
        this.path = path;
        this.token = token;
        this.timeout = timeout;
        this.trust = trust;
    }

    /** Where a topic, or a pattern of topics, is published and subscribed to. */
    static String topic(String name) {
        return "/topics/" + encoded(name);
    }

    /** Fit for a path or a query. */
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public String toString() {
        return node.toString();
    }

    /** The whole address of what is there. */
    String at(String place) {
        return node + path + place;
    }

    /** What the node says there. */
    String get(String place) throws CommandFailure {
        try {
            return body(accepted(open(place, "application/json", timeout)));
        } catch (IOException e) {
            throw unreachable(e, false);
        }
    }

    /** Hands a body over; what the node says about it. */
    String post(String place, Map<String, String> headers, byte[] body) throws CommandFailure {
        try {
            HttpURLConnection connection = open(place, "application/json", timeout.plus(GRACE));
            headers.forEach(connection::setRequestProperty);
            connection.setRequestMethod("POST");
            connection.setDoOutput(true);
            connection.getOutputStream().write(body);
            return body(accepted(connection));
        } catch (IOException e) {
            throw unreachable(e, true);
        }
    }

    /** An event stream, from behind the event of this id if there is one. It ends with an exception when it falls silent. */
    InputStream events(String place, @Nullable String lastId) throws CommandFailure {
        try {
            HttpURLConnection connection = open(place, "text/event-stream", SILENCE);
            if (lastId != null) {
                connection.setRequestProperty("Last-Event-ID", lastId);
            }
            accepted(connection);
            String type = connection.getContentType();
            if (type == null || !type.toLowerCase(Locale.ROOT).startsWith("text/event-stream")) {
                throw new CommandFailure(
                        ExitCodes.FAILED,
                        connection.getURL() + " is no event stream but " + type + "; is a node behind " + node + "?");
            }
            return connection.getInputStream();
        } catch (IOException e) {
            throw unreachable(e, false);
        }
    }

    private HttpURLConnection open(String place, String accept, Duration readTimeout) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(at(place)).toURL().openConnection();
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setConnectTimeout(millis(timeout));
        connection.setReadTimeout(millis(readTimeout));
        connection.setRequestProperty("Accept", accept);
        connection.setRequestProperty("User-Agent", "wsmesh");
        if (token != null) {
            connection.setRequestProperty("Authorization", "Bearer " + token);
        }
        if (trust != null && connection instanceof HttpsURLConnection https) {
            https.setSSLSocketFactory(context(trust).getSocketFactory());
        }
        return connection;
    }

    /** What is longer than the client can count, which is 24 days, is as good as that. */
    private static int millis(Duration duration) {
        return Math.clamp(duration.toMillis(), 1, Integer.MAX_VALUE);
    }

    private HttpURLConnection accepted(HttpURLConnection connection) throws IOException, CommandFailure {
        int status = connection.getResponseCode();
        if (status >= 200 && status < 300) {
            return connection;
        }
        String body = "";
        try (@Nullable InputStream error = connection.getErrorStream()) {
            if (error != null) {
                body = new String(error.readNBytes(MAX_ERROR_BYTES), StandardCharsets.UTF_8);
            }
        }
        boolean publishing = connection.getRequestMethod().equals("POST");
        throw Problem.of(this, status, publishing, token != null, connection.getHeaderField("Location"), body);
    }

    private static String body(HttpURLConnection connection) throws IOException {
        try (InputStream in = connection.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private CommandFailure unreachable(IOException failure, boolean publishing) {
        boolean unsettled = publishing && mayHaveArrived(failure);
        String why = switch (failure) {
            case UnknownHostException _ -> "its host name has no address";
            case SocketTimeoutException _ -> "no answer in time";
            case ConnectException refused ->
                String.valueOf(refused.getMessage()).toLowerCase(Locale.ROOT);
            case NoRouteToHostException _ -> "no route to it";
            case SSLException tls -> "TLS failed: " + tls.getMessage();
            default -> String.valueOf(failure.getMessage());
        };
        String message = "the node at " + node + " cannot be reached (" + why + (unsettled ? "; " + UNKNOWN : "")
                + "); name another by --node or MESH_NODE, or ask: wsmesh doctor " + node;
        return unsettled
                ? CommandFailure.unsettled(ExitCodes.UNREACHABLE, message)
                : new CommandFailure(ExitCodes.UNREACHABLE, message);
    }

    /** Whether it failed after something was sent. A timeout of the connection itself is before. */
    private static boolean mayHaveArrived(IOException failure) {
        return switch (failure) {
            case UnknownHostException _ -> false;
            case SocketTimeoutException timedOut ->
                !String.valueOf(timedOut.getMessage()).startsWith("Connect");
            case ConnectException _ -> false;
            case NoRouteToHostException _ -> false;
            case SSLException _ -> false;
            default -> true;
        };
    }

    private static SSLContext context(TrustManager trust) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {trust}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime has no TLS", e);
        }
    }
}
