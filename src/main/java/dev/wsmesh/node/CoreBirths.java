package dev.wsmesh.node;

import dev.wsmesh.protocol.Protocol;
import dev.wsmesh.protocol.Retained;
import dev.wsmesh.protocol.StreamId;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Births as the core knows them; looked up only where somebody asks. Good until the core's next input. */
final class CoreBirths implements FirstPast.Births {

    private final Protocol core;
    private @Nullable Map<StreamId, Retained> retained;

    CoreBirths(Protocol core) {
        this.core = core;
    }

    @Override
    public long of(StreamId stream, long sequence) {
        if (retained == null) {
            retained = new HashMap<>();
            for (Retained each : core.retained()) {
                retained.put(each.id(), each);
            }
        }
        Retained of = retained.get(stream);
        return of == null || sequence < of.first() || sequence > of.last() ? FirstPast.PRESENT : of.born(sequence);
    }
}
