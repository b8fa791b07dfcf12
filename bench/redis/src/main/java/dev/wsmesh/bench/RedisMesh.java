package dev.wsmesh.bench;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import redis.clients.jedis.BinaryJedisPubSub;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;

/** One channel of one redis-server. What piles up while the server answers goes out in one pipeline. */
public final class RedisMesh implements MeshSystem {

    private static final byte[] CHANNEL = "mesh".getBytes();
    private static final int BATCH = 512;

    private final BlockingQueue<byte[]> queue = new ArrayBlockingQueue<>(8 * BATCH);

    @Override
    public void start(Setup setup, Consumer<ByteBuffer> onMessage) {
        Thread.ofPlatform().daemon().name("subscribe").start(() -> {
            try (Jedis jedis = new Jedis(Setup.HOST, setup.serverPort())) {
                jedis.subscribe(new BinaryJedisPubSub() {
                    @Override
                    public void onMessage(byte[] channel, byte[] message) {
                        onMessage.accept(ByteBuffer.wrap(message));
                    }
                }, CHANNEL);
            }
        });
        Thread.ofPlatform().daemon().name("publish").start(() -> {
            try (Jedis jedis = new Jedis(Setup.HOST, setup.serverPort())) {
                Pipeline pipeline = jedis.pipelined();
                for (List<byte[]> batch = new ArrayList<>(); ; batch.clear()) {
                    batch.add(queue.take());
                    queue.drainTo(batch, BATCH - 1);
                    batch.forEach(message -> pipeline.publish(CHANNEL, message));
                    pipeline.sync();
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Override
    public void publish(byte[] payload) throws InterruptedException {
        queue.put(payload);
    }
}
