package dev.wsmesh.config;

import dev.wsmesh.identity.NodeDirectoryException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.config.ConfigDataException;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.convert.ConversionFailedException;
import org.springframework.util.unit.DataSize;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * Why a node could not start, told in one sentence that names the value and the rule.
 *
 * @param usersMistake whether something was given wrongly, as opposed to something that went wrong
 */
public record FailureMessage(String text, boolean usersMistake) {

    /** Makes a sentence of a failure; empty if it is none that a user could understand, let alone mend. */
    public static Optional<FailureMessage> of(Throwable failure) {
        @Nullable FailureMessage found = null;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            FailureMessage message = describe(cause);
            // The innermost knows best, but for a taken port and a value that was named: below is only what the system
            // said.
            boolean known = found != null && cause instanceof ConversionFailedException;
            if (message != null && !known) {
                found = message;
            }
            if (cause instanceof PortInUseException) {
                break;
            }
        }
        return Optional.ofNullable(found);
    }

    private static @Nullable FailureMessage describe(Throwable cause) {
        return switch (cause) {
            case InvalidPropertyException invalid -> mistake(String.valueOf(invalid.getMessage()));
            case UnboundConfigurationPropertiesException unbound -> mistake(unknownProperties(unbound));
            case BindException bind -> mistake(badValue(bind));
            case NodeDirectoryException directory -> mistake("mesh.data-dir: " + directory.getMessage());
            case PortInUseException taken ->
                new FailureMessage(
                        "port " + taken.getPort()
                                + " is taken by another process; choose another one by mesh.bind, or 0 for a free one",
                        false);
            case java.net.BindException unbindable ->
                new FailureMessage(
                        "cannot listen on the configured address (" + unbindable.getMessage()
                                + "); the host must be an address of this machine, and the port free and allowed",
                        false);
            case NoSuchSslBundleException bundle ->
                mistake("'" + bundle.getBundleName()
                        + "' is not the name of an SSL bundle; define it under spring.ssl.bundle");
            case ConversionFailedException conversion ->
                mistake("'" + conversion.getValue() + "' is not "
                        + expectation(conversion.getTargetType().getType()));
            case YAMLException yaml -> mistake("a configuration file is not YAML: " + yaml.getMessage());
            case ConfigDataException data -> mistake(String.valueOf(data.getMessage()));
            default -> null;
        };
    }

    private static FailureMessage mistake(String text) {
        return new FailureMessage(text, true);
    }

    private static String unknownProperties(UnboundConfigurationPropertiesException unbound) {
        return unbound.getUnboundProperties().stream()
                .map(property -> property.getName() + ": there is no such property (" + property.getOrigin() + ")")
                .sorted()
                .collect(Collectors.joining("; ", "", "; docs/configuration.md lists those there are"));
    }

    private static String badValue(BindException bind) {
        @Nullable ConfigurationProperty property = bind.getProperty();
        @Nullable Class<?> type = bind.getTarget().getType().resolve();
        String value = property == null ? "" : "'" + property.getValue() + "' ";
        return bind.getName() + ": " + value + "is not " + expectation(type);
    }

    private static String expectation(@Nullable Class<?> type) {
        if (type == null) {
            return "a value that fits";
        }
        if (type == Duration.class) {
            return "a duration; write it like 500ms, 10s or 2m";
        }
        if (type == DataSize.class) {
            return "a size; write it like 512KB or 8MB";
        }
        if (type == Integer.class || type == int.class || type == Long.class || type == long.class) {
            return "a whole number" + (type == Integer.class || type == int.class ? " below 2147483648" : "");
        }
        if (type == Boolean.class || type == boolean.class) {
            return "true or false";
        }
        if (type == InetAddress.class) {
            return "the name or address of one of this machine's network interfaces";
        }
        if (type.isEnum()) {
            return "one of " + Arrays.toString(type.getEnumConstants());
        }
        return "a value of type " + type.getSimpleName();
    }
}
