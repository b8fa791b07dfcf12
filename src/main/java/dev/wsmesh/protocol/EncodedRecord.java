package dev.wsmesh.protocol;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A record as it is kept and sent: encoded once by its publisher, copied ever after, opaque to the core. It may have a head, which it
 * has in common with others; then its body is what follows. Equal are two of the same bytes, however they are parted. Immutable.
 */
public final class EncodedRecord {
    private final @Nullable RecordHead head;
    private final Bytes body;

    /** A record without a head: its body is all of it. */
    public EncodedRecord(Bytes bytes) {
        this(null, bytes);
    }

    /** A record that begins with this head. */
    public EncodedRecord(@Nullable RecordHead head, Bytes body) {
        this.head = head;
        this.body = body;
    }

    /** What it begins with; null if the body is all of it. */
    public @Nullable RecordHead head() {
        return head;
    }

    /** What follows the head. */
    public Bytes body() {
        return body;
    }

    /** All of it; a copy, if it has a head. */
    public Bytes bytes() {
        if (head == null) {
            return body;
        }
        byte[] all = new byte[length()];
        head.bytes().copyTo(all, 0);
        body.copyTo(all, head.length());
        return Bytes.wrap(all);
    }

    /** In bytes, topic and headers included; what keeping it costs beside them is not. */
    public int length() {
        return body.length() + (head == null ? 0 : head.length());
    }

    /** The same record in memory of its own, so that keeping it does not keep a receive buffer alive. */
    EncodedRecord detached() {
        return body.isDetached() ? this : new EncodedRecord(head, Bytes.wrap(body.toArray()));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EncodedRecord that
                && (Objects.equals(head, that.head) ? body.equals(that.body) : bytes().equals(that.bytes()));
    }

    @Override
    public int hashCode() {
        return bytes().hashCode();
    }

    @Override
    public String toString() {
        return "EncodedRecord[" + bytes() + "]";
    }
}
