package dev.wsmesh.wire;

import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.Contact;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.NodeId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The fields of any message about membership: a number means the same in all of them, and none has them all. */
final class MembershipFields {
    static final int CONTACTS = 1 << Tag.NUMBER | Tag.LENGTH;
    static final int NUMBER = 2 << Tag.NUMBER | Tag.VARINT;
    static final int NONCE = 3 << Tag.NUMBER | Tag.FIXED64;
    static final int ORIGIN = 4 << Tag.NUMBER | Tag.LENGTH;
    static final int OTHERS = 5 << Tag.NUMBER | Tag.LENGTH;

    /** Far beyond any walk; it only keeps the number small. */
    private static final int TIME_TO_LIVE = 255;

    private static final int CONTACT_ID = 1 << Tag.NUMBER | Tag.LENGTH;
    private static final int CONTACT_URL = 2 << Tag.NUMBER | Tag.LENGTH;

    private final List<Contact> contacts = new ArrayList<>(1);
    private final List<Contact> others = new ArrayList<>(0);
    private long number;
    private long nonce;
    private @Nullable NodeId origin;

    private MembershipFields() {}

    static MembershipFields read(ProtoReader in, Limits limits) throws WireException {
        MembershipFields fields = new MembershipFields();
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case CONTACTS -> {
                    fields.countContact(limits);
                    fields.contacts.add(contact(in.message()));
                }
                case OTHERS -> {
                    fields.countContact(limits);
                    fields.others.add(contact(in.message()));
                }
                case NUMBER -> fields.number = in.number(0, TIME_TO_LIVE);
                case NONCE -> fields.nonce = in.fixed64();
                case ORIGIN -> fields.origin = NodeId.of(in.exactly(NodeId.BYTES));
                default -> in.skip(tag);
            }
        }
        return fields;
    }

    List<Contact> contacts() {
        return contacts;
    }

    /** Beside the one that the message is about. */
    List<Contact> others() {
        return others;
    }

    /** Of a message that has exactly one. If it stands there twice, the last counts, as proto3 prescribes. */
    Contact contact() throws WireException {
        return WireException.present(contacts.isEmpty() ? null : contacts.getLast());
    }

    int timeToLive() {
        return (int) number;
    }

    boolean high() {
        return number != 0;
    }

    long nonce() {
        return nonce;
    }

    NodeId origin() throws WireException {
        return WireException.present(origin);
    }

    private void countContact(Limits limits) throws WireException {
        int count = contacts.size() + others.size() + 1;
        WireException.refuseAbove(limits.contactsPerMessage(), count, Violation.CONTACTS_PER_MESSAGE);
    }

    private static Contact contact(ProtoReader in) throws WireException {
        NodeId id = null;
        String url = "";
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case CONTACT_ID -> id = NodeId.of(in.exactly(NodeId.BYTES));
                case CONTACT_URL -> url = in.text(Address.MAX_LENGTH, Violation.ADDRESS_BYTES);
                default -> in.skip(tag);
            }
        }
        return new Contact(WireException.present(id), url.isEmpty() ? null : address(url));
    }

    private static Address address(String url) throws WireException {
        try {
            return new Address(url);
        } catch (IllegalArgumentException e) {
            throw WireException.malformed(Violation.INVALID_ADDRESS);
        }
    }

    static void writeContact(ProtoWriter out, Contact contact) {
        writeContact(out, CONTACTS, contact);
    }

    static void writeOthers(ProtoWriter out, List<Contact> contacts) {
        for (Contact contact : contacts) {
            writeContact(out, OTHERS, contact);
        }
    }

    private static void writeContact(ProtoWriter out, int tag, Contact contact) {
        int start = out.begin(tag);
        out.bytes(CONTACT_ID, Bytes.wrap(contact.id().toArray()));
        if (contact.address() != null) {
            out.text(CONTACT_URL, contact.address().url());
        }
        out.end(start);
    }
}
