package dev.wsmesh.node;

import dev.wsmesh.protocol.Bytes;

/** Port: makes bytes of announcements, and announcements of strangers' bytes. */
public interface AnnouncementCodec {

    /** What a node says of itself is never larger; links that do not fit are omitted, and counted in it. */
    int MAX_BYTES = 1_024;

    /** The type of those bytes, for other programs. */
    String contentType();

    /** At most {@link #MAX_BYTES}. */
    byte[] encode(Announcement announcement);

    /**
     * Reads one.
     *
     * @throws IllegalArgumentException if it is none
     */
    Announcement decode(Bytes payload);
}
