package dev.wsmesh.wire;

import dev.wsmesh.protocol.CloseCode;

/**
 * What can be wrong with received bytes: faults of form first, then limits that were not kept, whose value
 * {@link WireException#limit} tells. {@code docs/protocol-encoding.md} lists them all, with the place where each limit stands.
 */
public enum Violation {
    TRUNCATED(Kind.FORM, "the bytes end inside a field"),
    VARINT_TOO_LONG(Kind.FORM, "a varint has more than 10 bytes or 64 bits"),
    INVALID_TAG(Kind.FORM, "a field has number 0, or a wire type that does not exist"),
    GROUP(Kind.FORM, "a group, which this protocol does not use"),
    INVALID_UTF8(Kind.FORM, "a text is not UTF-8"),
    INVALID_TOPIC(Kind.FORM, "a topic has a character or an empty word that topics do not have"),
    INVALID_ADDRESS(Kind.FORM, "an address is not an ASCII ws:// or wss:// URL"),
    UNKNOWN_INTENT(Kind.FORM, "an intent that version 1 does not know"),
    UNKNOWN_ALIAS(Kind.FORM, "a stream is named by an alias that was not given before"),
    MISSING_FIELD(Kind.FORM, "a field that must be present is not"),
    TWO_BODIES(Kind.FORM, "a control message has two bodies"),
    OUT_OF_PLACE(
            Kind.FORM,
            "a handshake message on an admitted link or in company, another message before admission, or a socket word in"
                    + " company or that is not known"),

    FRAME_BYTES(Kind.SIZE, "bytes of a frame"),
    HANDSHAKE_BYTES(Kind.SIZE, "bytes of a handshake message"),
    RECORD_BYTES(Kind.SIZE, "bytes of a record"),
    MESSAGES_PER_FRAME(Kind.LIMIT, "control messages and batches in a frame"),
    RECORDS_PER_FRAME(Kind.LIMIT, "records in a frame"),
    DIGEST_ENTRIES_PER_FRAME(Kind.LIMIT, "announcements of streams in a frame"),
    CONTACTS_PER_MESSAGE(Kind.LIMIT, "contacts in a message"),
    STREAM_ALIASES(Kind.LIMIT, "the alias of a stream; or one higher than the next free one"),
    TOPIC_BYTES(Kind.LIMIT, "bytes of a topic"),
    CONTENT_TYPE_BYTES(Kind.LIMIT, "bytes of a content type"),
    HEADERS_PER_RECORD(Kind.LIMIT, "headers of a record"),
    HEADER_BYTES(Kind.LIMIT, "bytes of all names and values in the headers of a record"),
    ADDRESS_BYTES(Kind.LIMIT, "bytes of an address"),
    VERSIONS_PER_HELLO(Kind.LIMIT, "versions in a Hello"),
    CLUSTER_BYTES(Kind.LIMIT, "bytes of a cluster's name"),
    ENDPOINT_BYTES(Kind.LIMIT, "bytes of an endpoint"),
    FIXED_LENGTH(Kind.LIMIT, "bytes of a node id, key, nonce, signature or code, which has exactly so many"),
    NUMBER_RANGE(Kind.LIMIT, "a number above its range, or below: then the limit is the lower end");

    private enum Kind {
        FORM,
        LIMIT,
        /** A limit that decides about memory. */
        SIZE
    }

    private final Kind kind;
    private final String meaning;

    Violation(Kind kind, String meaning) {
        this.kind = kind;
        this.meaning = meaning;
    }

    /** In words, for logs; of a limit, what is counted and in which unit. */
    public String meaning() {
        return meaning;
    }

    /** With what the link is to be closed: 1009 where a size was passed that decides about memory, 1002 otherwise. */
    public CloseCode closeCode() {
        return kind == Kind.SIZE ? CloseCode.TOO_LARGE : CloseCode.MALFORMED;
    }

    /** Whether this is a limit, rather than a fault of form. */
    public boolean isLimit() {
        return kind != Kind.FORM;
    }
}
