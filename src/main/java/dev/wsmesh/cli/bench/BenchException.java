package dev.wsmesh.cli.bench;

/** The measurement could not be made, and why, in one line. */
public final class BenchException extends Exception {

    private static final long serialVersionUID = 1L;

    BenchException(String message) {
        super(message);
    }
}
