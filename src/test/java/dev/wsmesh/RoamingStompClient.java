package dev.wsmesh;

import dev.wsmesh.gateway.stomp.RawStomp;
import dev.wsmesh.seed.RawWebSocket;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One that subscribes by STOMP. */
final class RoamingStompClient extends RoamingClient {

    private volatile @Nullable RawStomp client;

    RoamingStompClient(String name, List<Integer> ports, int first) {
        super(name, ports, first);
    }

    @Override
    void read(int port, String token) throws IOException {
        try (RawStomp stomp = RawStomp.connect(RawWebSocket.dial("localhost", port, "/stomp", Map.of()), "0,0")) {
            client = stomp;
            stomp.resume("a", "/topic/" + ClientPublisher.TOPIC, token);
            for (RawStomp.Frame frame = stomp.read(); frame != null; frame = stomp.read()) {
                took(frame);
            }
        }
    }

    private void took(RawStomp.Frame frame) throws IOException {
        switch (frame.command()) {
            case "RECEIPT" -> connected();
            case "MESSAGE" -> {
                String gap = frame.headers().get("mesh-gap");
                if (gap == null) {
                    ledger().took(frame.body());
                } else {
                    missed(gap, frame.headers().getOrDefault("message-id", ""));
                }
                hasToken(frame.headers().getOrDefault("mesh-position", ""));
            }
            default -> throw new IOException(frame.toString());
        }
    }

    /** A message-id is origin, epoch and number. */
    private void missed(String gap, String id) {
        if (gap.equals("unknown")) {
            ledger().missed("", 0, 0);
            return;
        }
        String[] bounds = gap.split("-", 2);
        String[] place = id.split("-", 3);
        ledger().missed(place[0] + "/" + place[1], Long.parseLong(bounds[0]), Long.parseLong(bounds[1]));
    }

    @Override
    void cut() throws IOException {
        RawStomp present = client;
        if (present != null) {
            present.close();
        }
    }
}
