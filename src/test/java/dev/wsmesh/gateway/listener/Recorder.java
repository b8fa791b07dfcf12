package dev.wsmesh.gateway.listener;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A bean that keeps what its methods are called with. */
class Recorder {

    static final String JSON = "{\"id\": \"o-1\", \"amount\": 3}";

    record Order(String id, int amount) {}

    final List<Object> seen = new CopyOnWriteArrayList<>();

    void saw(Object... things) {
        seen.addAll(List.of(things));
    }

    /** Listens to everything. */
    static class Texts extends Recorder {

        @MeshListener(">")
        void text(String text) {
            saw(text);
        }
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
