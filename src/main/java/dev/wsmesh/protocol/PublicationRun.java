package dev.wsmesh.protocol;

/**
 * Publications with no other input between them: meanwhile neighbours neither come nor go, and cursors only move on, so what was found
 * out for one of them holds for those behind it. What is found out for any other input does not outlive it.
 */
final class PublicationRun {
    static final int UNKNOWN = -1;

    private boolean goesOn;
    private int neighbours = UNKNOWN;
    private long roomBytes;

    /** To be called before each input, whatever it is. */
    void onInput(boolean isPublication) {
        goesOn = isPublication;
        if (!isPublication) {
            neighbours = UNKNOWN;
            roomBytes = 0;
        }
    }

    /** Whom a publication is owed to; UNKNOWN until it is counted. */
    int neighbours() {
        return neighbours;
    }

    void noteNeighbours(int count) {
        neighbours = goesOn ? count : UNKNOWN;
    }

    /** Whether it is known that no neighbour is a window behind. */
    boolean hasRoom() {
        return roomBytes > 0;
    }

    /** So much more can be published before any neighbour may be a window behind; 0 if that has to be looked at each time. */
    void noteRoom(long bytes) {
        roomBytes = goesOn ? bytes : 0;
    }

    void used(long bytes) {
        roomBytes -= bytes;
    }
}
