package dev.wsmesh.websocket;

import dev.wsmesh.node.LogText;
import dev.wsmesh.node.MeshCounters.DialFailure;
import jakarta.websocket.DeploymentException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/** A dial that failed; the message says why in one line, whatever the other side put into its answer. */
final class DialException extends Exception {

    private static final long serialVersionUID = 1L;

    /** Tomcat's words, the only place where the status stands. */
    private static final Pattern ANSWER = Pattern.compile("\\[(\\d{3})]");

    private static final Pattern RESET = Pattern.compile("(?i)reset|broken pipe|aborted|forcibly closed");

    private final DialFailure reason;
    /** With what the peer refused the upgrade, if that is what happened. */
    private final transient @Nullable HttpStatus answer;

    private DialException(DialFailure reason, String message, @Nullable Throwable cause) {
        this(reason, message, cause, null);
    }

    private DialException(DialFailure reason, String message, @Nullable Throwable cause, @Nullable HttpStatus answer) {
        super(LogText.printable(message), cause);
        this.reason = reason;
        this.answer = answer;
    }

    /** The peer is there, but it is none of ours. */
    static DialException unwanted(String message) {
        return new DialException(DialFailure.SUBPROTOCOL, message, null);
    }

    /** It is not dialled at all. */
    static DialException notAllowed(String message) {
        return new DialException(DialFailure.NOT_ALLOWED, message, null);
    }

    /** What is to be dialled could not be told, or not in time: that takes a look-up. */
    static DialException unchosen(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof DialException known) {
                return known;
            }
            if (cause instanceof TimeoutException) {
                return new DialException(DialFailure.TIMEOUT, "its name was not resolved in time", failure);
            }
        }
        return new DialException(DialFailure.OTHER, String.valueOf(failure.getMessage()), failure);
    }

    static DialException of(PeerUrl url, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof DialException known) {
                return known;
            }
            DialFailure reason = reasonOf(cause);
            if (reason != DialFailure.OTHER) {
                return new DialException(reason, describe(reason, url, cause), failure, answer(reason, cause));
            }
        }
        return new DialException(DialFailure.OTHER, String.valueOf(failure.getMessage()), failure);
    }

    /** A dial through a proxy: the proxy's own failures are told apart from the peer's. */
    static DialException through(ProxyServer proxy, PeerUrl url, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String complaint = ProxyComplaint.of(proxy, url, cause);
            if (complaint != null) {
                return new DialException(DialFailure.PROXY, complaint, failure);
            }
        }
        DialException plain = of(url, failure);
        return new DialException(
                plain.reason, plain.getMessage() + " (through the proxy " + proxy + ")", failure, plain.answer);
    }

    DialFailure reason() {
        return reason;
    }

    /** With which status a node refused the upgrade; null if it was not a node's refusal. */
    @Nullable
    HttpStatus answer() {
        return answer;
    }

    /** What a node answers with where it refuses; proxies say other things. */
    private static @Nullable HttpStatus answer(DialFailure reason, Throwable cause) {
        Matcher answer = ANSWER.matcher(String.valueOf(cause.getMessage()));
        if (reason != DialFailure.UPGRADE || !answer.find()) {
            return null;
        }
        return switch (answer.group(1)) {
            case "403" -> HttpStatus.FORBIDDEN;
            case "503" -> HttpStatus.SERVICE_UNAVAILABLE;
            default -> null;
        };
    }

    /** The client does not tell what the answer's body says. */
    private static String meaning(@Nullable HttpStatus answer) {
        if (answer == HttpStatus.SERVICE_UNAVAILABLE) {
            return "; from a node this means that it is full, starting or leaving";
        }
        return answer == HttpStatus.FORBIDDEN
                ? "; from a node this means that it takes no such peers, and its log says why"
                : "";
    }

    private static DialFailure reasonOf(Throwable cause) {
        return switch (cause) {
            case UnknownHostException _ -> DialFailure.UNKNOWN_HOST;
            case UnresolvedAddressException _ -> DialFailure.UNKNOWN_HOST;
            case SSLException _ -> DialFailure.TLS;
            case TimeoutException _ -> DialFailure.TIMEOUT;
            case SocketTimeoutException _ -> DialFailure.TIMEOUT;
            case ConnectException _ -> DialFailure.UNREACHABLE;
            case NoRouteToHostException _ -> DialFailure.UNREACHABLE;
            // Tomcat wraps everything in this one; without a cause it is about the answer to the upgrade.
            case DeploymentException deployment when deployment.getCause() == null -> DialFailure.UPGRADE;
            case Exception challenged when isChallenge(challenged) -> DialFailure.UPGRADE;
            case EOFException _ -> DialFailure.CLOSED;
            case ClosedChannelException _ -> DialFailure.CLOSED;
            case IOException broken when isReset(broken.getMessage()) -> DialFailure.CLOSED;
            default -> DialFailure.OTHER;
        };
    }

    /** Whether Tomcat was asked for credentials that it does not have; the class is its own. */
    static boolean isChallenge(Throwable failure) {
        return failure.getClass().getSimpleName().equals("AuthenticationException");
    }

    /** The words are the operating system's; its channels have no class for it. */
    static boolean isReset(@Nullable String words) {
        return words != null && RESET.matcher(words).find();
    }

    private static String closed(PeerUrl url) {
        return "the connection was closed before the upgrade was answered; see whether a node listens at that port, "
                + (url.isSecure()
                        ? "and speaks TLS (if not, dial ws://)"
                        : "and does so without TLS (if not, dial wss://)")
                + ", and what its log and whatever stands between say";
    }

    private static String describe(DialFailure reason, PeerUrl url, Throwable cause) {
        return switch (reason) {
            case UNKNOWN_HOST -> "the host name " + url.uri().getHost() + " has no address";
            case UNREACHABLE -> String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
            case TIMEOUT -> "no answer in time";
            case TLS -> "TLS failed: " + cause.getMessage();
            case UPGRADE -> "no upgrade to WebSocket: " + cause.getMessage() + meaning(answer(reason, cause));
            case CLOSED -> closed(url);
            case PROXY, SUBPROTOCOL, NOT_ALLOWED, OTHER -> String.valueOf(cause.getMessage());
        };
    }
}
