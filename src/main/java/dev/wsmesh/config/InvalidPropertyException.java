package dev.wsmesh.config;

/** A configured value breaks a rule; the message is one line that names the property, the value and the rule. */
public final class InvalidPropertyException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    InvalidPropertyException(String property, String complaint) {
        super(property + ": " + complaint);
    }
}
