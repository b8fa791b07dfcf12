package dev.wsmesh.cli;

/** A command that could not do its work, and why, in one line. */
final class CommandFailure extends Exception {

    private static final long serialVersionUID = 1L;

    private final int exitCode;
    private final boolean unsettled;

    CommandFailure(int exitCode, String message) {
        this(exitCode, message, false);
    }

    private CommandFailure(int exitCode, String message, boolean unsettled) {
        super(message);
        this.exitCode = exitCode;
        this.unsettled = unsettled;
    }

    /** Of a publication that may have been made, and may not; the message says so. */
    static CommandFailure unsettled(int exitCode, String message) {
        return new CommandFailure(exitCode, message, true);
    }

    /** Whether nobody knows if something is in the mesh now. */
    boolean isUnsettled() {
        return unsettled;
    }

    int exitCode() {
        return exitCode;
    }
}
