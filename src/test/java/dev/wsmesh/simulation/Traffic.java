package dev.wsmesh.simulation;

import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.protocol.Message;
import dev.wsmesh.protocol.Message.Batch;
import dev.wsmesh.wire.FrameEncoder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** True bytes: every frame is encoded by the production encoder of its link's direction, and its fields are weighed. */
final class Traffic {
    private static final int NAMES = 3;
    private static final int CONTROL = 4;
    private static final int BATCHES = 5;
    private static final int HISTORY = 6;
    /** Only who dialled masks; that is not looked at here, and the dearer assumed of both. */
    private static final int MASK_BYTES = 4;

    private static final String[] CONTROLS = {
        "backfill",
        "have",
        "graft",
        "prune",
        "miss",
        "digest",
        "leave",
        "ping",
        "pong",
        "join",
        "forward join",
        "neighbor",
        "reply",
        "disconnect",
        "shuffle",
        "shuffle reply"
    };

    private final Map<Integer, Map<LinkId, FrameEncoder>> encoders = new HashMap<>();
    private final long[] controls = new long[CONTROLS.length];
    private long frames;
    private long records;
    private long recordBytes;
    private long batchBytes;
    private long controlBytes;
    private long nameBytes;
    private long beaconBytes;
    private long historyBytes;
    private long webSocketBytes;

    void onSend(SimulatedNode node, LinkId link, Frame frame) {
        FrameEncoder encoder = encoders.computeIfAbsent(node.index, _ -> new HashMap<>())
                .computeIfAbsent(link, _ -> new FrameEncoder(Limits.DEFAULT.frameBytes()));
        byte[] bytes = encoder.encode(frame);
        frames++;
        webSocketBytes += headerBytes(bytes.length) + MASK_BYTES;
        weigh(bytes);
        for (Message message : frame.messages()) {
            if (message instanceof Batch batch) {
                for (EncodedRecord record : batch.records()) {
                    count(record);
                }
            }
        }
    }

    void onLinkDown(SimulatedNode node, LinkId link) {
        Map<LinkId, FrameEncoder> ofNode = encoders.get(node.index);
        if (ofNode != null) {
            ofNode.remove(link);
        }
    }

    /** Forgets what was counted, but not what the links have named. */
    void reset() {
        Arrays.fill(controls, 0);
        frames = 0;
        records = 0;
        recordBytes = 0;
        batchBytes = 0;
        controlBytes = 0;
        nameBytes = 0;
        beaconBytes = 0;
        historyBytes = 0;
        webSocketBytes = 0;
    }

    long frames() {
        return frames;
    }

    /** What applications gave to publish, once per send. */
    long payloadBytes() {
        return records * MeasuredMesh.PAYLOAD_BYTES;
    }

    /** Topic and time: data of the record, but not the application's. */
    long envelopeBytes() {
        return recordBytes - payloadBytes();
    }

    /** Around records: stream, number, age, lengths. */
    long framingBytes() {
        return batchBytes - recordBytes - beaconBytes;
    }

    /** Everything that would be sent without any payload as well: announcements, repair, membership, liveness, names, beacons. */
    long controlBytes() {
        return controlBytes + nameBytes + beaconBytes + historyBytes;
    }

    long webSocketBytes() {
        return webSocketBytes;
    }

    String kinds() {
        StringBuilder kinds = new StringBuilder();
        for (int i = 0; i < controls.length; i++) {
            if (controls[i] > 0) {
                kinds.append(String.format(Locale.ROOT, "%s %d, ", CONTROLS[i], controls[i]));
            }
        }
        return String.format(Locale.ROOT, "%snames %d, beacons %d", kinds, nameBytes, beaconBytes);
    }

    private void weigh(byte[] bytes) {
        int at = 0;
        while (at < bytes.length) {
            int start = at;
            int field = bytes[at] >> 3;
            at++;
            int length = 0;
            int shift = 0;
            int each;
            do {
                each = bytes[at++];
                length |= (each & 0x7f) << shift;
                shift += 7;
            } while (each < 0);
            int body = at;
            at += length;
            count(field, at - start, bytes, body, length);
        }
    }

    private void count(int field, int size, byte[] bytes, int body, int length) {
        switch (field) {
            case NAMES -> nameBytes += size;
            case BATCHES -> batchBytes += size;
            case HISTORY -> historyBytes += size;
            case CONTROL -> {
                controlBytes += size;
                int kind = length == 0 ? 0 : bytes[body] >> 3;
                controls[kind > 0 && kind < controls.length ? kind : 0] += size;
            }
            default -> throw new IllegalStateException("no such field in a frame: " + field);
        }
    }

    /** What is smaller than every payload here is no application's: a beacon. */
    private void count(EncodedRecord record) {
        if (record.length() < MeasuredMesh.PAYLOAD_BYTES) {
            beaconBytes += record.length();
        } else {
            records++;
            recordBytes += record.length();
        }
    }

    private static int headerBytes(int length) {
        if (length <= 125) {
            return 2;
        }
        return length <= 0xffff ? 4 : 10;
    }
}
