package dev.wsmesh.simulation;

import dev.wsmesh.protocol.Contact;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Message;
import java.util.List;

/** About how many bytes a frame takes on the wire, with streams written by alias. */
final class Sizes {
    private static final int FRAME = 8;
    private static final int SMALL = 12;
    private static final int CONTACT = 60;
    private static final int RECORD_FRAMING = 3;

    private Sizes() {}

    static long of(Frame frame) {
        return payload(frame) + control(frame);
    }

    static long payload(Frame frame) {
        long bytes = 0;
        for (Message message : frame.messages()) {
            if (message instanceof Message.Batch batch) {
                for (var each : batch.records()) {
                    bytes += each.length();
                }
            }
        }
        return bytes;
    }

    static long control(Frame frame) {
        long bytes = FRAME;
        for (Message message : frame.messages()) {
            bytes += SMALL
                    + switch (message) {
                        case Message.Batch batch ->
                            RECORD_FRAMING * batch.records().size();
                        case Message.Join _, Message.ForwardJoin _, Message.Neighbor _, Message.NeighborReply _ ->
                            CONTACT;
                        case Message.Disconnect disconnect -> contacts(disconnect.contacts());
                        case Message.Shuffle shuffle -> contacts(shuffle.contacts());
                        case Message.ShuffleReply reply -> contacts(reply.contacts());
                        default -> 0;
                    };
        }
        return bytes;
    }

    private static int contacts(List<Contact> contacts) {
        return CONTACT * contacts.size();
    }
}
