package dev.wsmesh;

import dev.wsmesh.node.Gap;
import dev.wsmesh.node.Mesh;
import dev.wsmesh.node.Message;
import dev.wsmesh.node.MessageListener;
import dev.wsmesh.node.Publication;
import dev.wsmesh.node.PublishException;
import dev.wsmesh.node.PublishOptions;
import dev.wsmesh.node.PublishOptions.Backpressure;
import dev.wsmesh.node.PublishReceipt;
import dev.wsmesh.node.SubscribeOptions;
import dev.wsmesh.node.Subscription;
import dev.wsmesh.node.SubscriptionLimits;
import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.protocol.StreamId;
import dev.wsmesh.protocol.View;
import java.io.BufferedReader;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.PropertiesLoaderUtils;

/**
 * A node with a publisher and a subscriber, whose ledger is a file that survives a kill. Started by {@link LedgerProcess}, with
 * the ledger's name, the seconds that its clock is ahead, and the node's arguments; it is told by its standard input what to
 * do, one word and a number in each line: {@code rate}, {@code bytes}, {@code leave}.
 */
final class LedgerNode implements MessageListener {

    static final String TOPIC = "ledger";

    private static final Duration ACKNOWLEDGED_WITHIN = Duration.ofMillis(500);

    private final OutputStream ledger;
    private final AtomicLong number = new AtomicLong();
    private volatile int perSecond;
    private volatile int bytes;

    private LedgerNode(OutputStream ledger) {
        this.ledger = ledger;
    }

    @SuppressWarnings("SystemConsoleNull")
    public static void main(String[] args) throws IOException {
        LedgerNode node = new LedgerNode(new FileOutputStream(args[0], true));
        ConfigurableApplicationContext context = start(
                Duration.ofSeconds(Long.parseLong(args[1])),
                List.of(args).subList(2, args.length).toArray(String[]::new));
        Mesh mesh = context.getBean(Mesh.class);
        StreamId own = java.util.Objects.requireNonNull(mesh.view().core()).own();
        Subscription _ =
                mesh.subscribe(SubscribeOptions.to(TOPIC).within(new SubscriptionLimits(1_000_000, 32L << 20)), node);
        while (!java.util.Objects.requireNonNull(mesh.view().core()).listening()) {
            // Before that a node is a newcomer, and begins where it is let in.
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
        node.write("U " + name(own));
        Thread.ofVirtual().start(() -> node.watchLinks(mesh));
        Thread.ofVirtual().start(() -> node.publishForEver(mesh, PublishOptions.DEFAULT.on(Backpressure.IGNORE), 1));
        Thread.ofVirtual()
                .start(() -> node.publishForEver(
                        mesh,
                        PublishOptions.DEFAULT
                                .on(Backpressure.IGNORE)
                                .acknowledgedBy(1)
                                .within(ACKNOWLEDGED_WITHIN),
                        10));
        node.obey(context);
    }

    private static ConfigurableApplicationContext start(Duration ahead, String... arguments) throws IOException {
        SpringApplication application = new SpringApplication(WsmeshApplication.class);
        application.setLogStartupInfo(false);
        application.setDefaultProperties(
                PropertiesLoaderUtils.loadProperties(new ClassPathResource("dev/wsmesh/standalone.properties")));
        application.addInitializers(context -> ((GenericApplicationContext) context)
                .registerBean("meshClock", InstantSource.class, () -> Clock.offset(Clock.systemUTC(), ahead)));
        return application.run(arguments);
    }

    private void obey(ConfigurableApplicationContext context) throws IOException {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String[] words = line.split(" ", 2);
            switch (words[0]) {
                case "rate" -> perSecond = Integer.parseInt(words[1]);
                case "bytes" -> bytes = Integer.parseInt(words[1]);
                case "leave" -> {
                    context.close();
                    write("L left");
                    System.exit(0);
                }
                default -> throw new IllegalArgumentException(line);
            }
        }
        System.exit(0);
    }

    /** Writes down when neighbours' links came up, and that none is left; a little later than it was. */
    private void watchLinks(Mesh mesh) {
        Set<LinkId> known = Set.of();
        while (true) {
            View core = mesh.view().core();
            Set<LinkId> ready = core == null
                    ? Set.of()
                    : core.links().stream()
                            .filter(link -> link.neighbour() && link.ready())
                            .map(View.LinkView::id)
                            .collect(Collectors.toSet());
            for (LinkId link : ready) {
                if (!known.contains(link)) {
                    write("N " + link.peer() + " " + System.currentTimeMillis());
                }
            }
            for (LinkId link : known) {
                if (ready.stream().noneMatch(each -> each.peer().equals(link.peer()))) {
                    write("M " + link.peer());
                }
            }
            known = ready;
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }

    private void publishForEver(Mesh mesh, PublishOptions options, int every) {
        while (true) {
            int rate = perSecond / every;
            if (rate == 0) {
                LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
                continue;
            }
            String text = number.incrementAndGet() + " " + "x".repeat(bytes);
            long at = System.currentTimeMillis();
            PublishReceipt receipt = publish(mesh, Publication.of(TOPIC, text).with(options));
            if (receipt == null) {
                return;
            }
            write("P " + name(receipt.position().stream()) + " "
                    + receipt.position().sequence() + " " + receipt.acknowledged() + " " + at + " " + text.hashCode());
            LockSupport.parkNanos(Duration.ofSeconds(1).toNanos() / rate);
        }
    }

    private static @Nullable PublishReceipt publish(Mesh mesh, Publication publication) {
        try {
            return mesh.publish(publication);
        } catch (PublishException e) {
            return e.receipt();
        } catch (IllegalStateException e) {
            return null;
        }
    }

    @Override
    public void onMessage(Message message) {
        write("D " + name(message.position().stream()) + " "
                + message.position().sequence() + " " + message.text().hashCode() + " " + System.currentTimeMillis());
    }

    @Override
    public void onGap(Gap gap) {
        write("G " + name(gap.stream()) + " " + gap.from() + " " + gap.to() + " " + gap.cause() + " "
                + System.currentTimeMillis());
    }

    private static String name(StreamId stream) {
        return stream.origin() + "/" + stream.epoch();
    }

    private synchronized void write(String line) {
        try {
            ledger.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
