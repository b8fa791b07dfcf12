package dev.wsmesh.config;

/** A configured value that is shown to nobody: not in a log, not by an endpoint, not in a complaint. */
public record SecretText(String value) {

    /** Binds a secret that is written as its text alone. */
    public static SecretText valueOf(String value) {
        return new SecretText(value);
    }

    @Override
    public String toString() {
        return "******";
    }
}
