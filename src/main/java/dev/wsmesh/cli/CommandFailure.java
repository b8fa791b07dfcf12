package dev.wsmesh.cli;

/** A command that could not do its work, and why, in one line. */
final class CommandFailure extends Exception {

    private static final long serialVersionUID = 1L;

    private final int exitCode;
    private final boolean unsettled;
    private final transient Fields receipt;

    CommandFailure(int exitCode, String message) {
        this(exitCode, message, false, Fields.NONE);
    }

    private CommandFailure(int exitCode, String message, boolean unsettled, Fields receipt) {
        super(message);
        this.exitCode = exitCode;
        this.unsettled = unsettled;
        this.receipt = receipt;
    }

    /** Of a publication that may have been made, and may not; the message says so. */
    static CommandFailure unsettled(int exitCode, String message) {
        return new CommandFailure(exitCode, message, true, Fields.NONE);
    }

    /** Of a publication that was made, but not as it was asked for. */
    static CommandFailure published(int exitCode, String message, Fields receipt) {
        return new CommandFailure(exitCode, message, false, receipt);
    }

    /** Where it stands that was published all the same; no fields if nothing was, or nobody says. */
    Fields receipt() {
        return receipt;
    }

    /** Whether nobody knows if something is in the mesh now. */
    boolean isUnsettled() {
        return unsettled;
    }

    int exitCode() {
        return exitCode;
    }
}
