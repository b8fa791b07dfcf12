package dev.wsmesh.wire;

import dev.wsmesh.protocol.Limits;
import java.util.Arrays;

/** The fields of a message that has nothing but varints, numbered from 1 to 4. */
final class VarintFields {
    private static final int COUNT = 4;
    private static final long ABSENT = -1;

    private final long[] values = new long[COUNT];

    private VarintFields() {
        Arrays.fill(values, ABSENT);
    }

    static VarintFields read(ProtoReader in) throws WireException {
        VarintFields fields = new VarintFields();
        while (in.hasMore()) {
            int tag = in.tag();
            int field = tag >>> Tag.NUMBER;
            if ((tag & Tag.TYPE_MASK) == Tag.VARINT && field <= COUNT) {
                fields.values[field - 1] = in.number(0, Limits.MOST_NUMBER);
            } else {
                in.skip(tag);
            }
        }
        return fields;
    }

    static void write(ProtoWriter out, int tag, long... values) {
        int start = out.begin(tag);
        for (int i = 0; i < values.length; i++) {
            out.varint((i + 1) << Tag.NUMBER | Tag.VARINT, values[i]);
        }
        out.end(start);
    }

    boolean has(int field) {
        return values[field - 1] != ABSENT;
    }

    /** The value of a field, which is zero if it is absent. */
    long get(int field) {
        return has(field) ? values[field - 1] : 0;
    }

    long get(int field, long least, long most) throws WireException {
        return ProtoReader.inRange(get(field), least, most);
    }
}
