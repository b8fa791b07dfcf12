package dev.wsmesh.protocol;

/** A record as it is kept and sent: encoded once by its publisher, copied ever after, opaque to the core. */
public record EncodedRecord(Bytes bytes) {
    /** In bytes, topic and headers included; what keeping it costs beside them is not. */
    public int length() {
        return bytes.length();
    }

    /** The same record in memory of its own, so that keeping it does not keep a receive buffer alive. */
    EncodedRecord detached() {
        return bytes.isDetached() ? this : new EncodedRecord(Bytes.wrap(bytes.toArray()));
    }
}
