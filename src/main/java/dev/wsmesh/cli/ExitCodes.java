package dev.wsmesh.cli;

/** What the process tells a script; docs/command-line.md has the table. */
final class ExitCodes {

    static final int DONE = 0;

    /** It was tried, and did not work; and no other code says why. */
    static final int FAILED = 1;

    /** What was given makes no sense. Nothing was tried. */
    static final int USAGE = 2;

    /** The node does not answer. */
    static final int UNREACHABLE = 3;

    /** The node wants another token, or does not allow this. */
    static final int REFUSED = 4;

    /** Everything was shown, but for what a gap told of. */
    static final int GAP = 5;

    /** Not now: the same may work in a moment. */
    static final int NOT_NOW = 6;

    /** The time given was over before all that was asked for had come. */
    static final int TIME_OVER = 7;

    /** It is published, but fewer neighbours than were asked for have said in time that they hold it. */
    static final int UNCONFIRMED = 8;

    private ExitCodes() {}
}
