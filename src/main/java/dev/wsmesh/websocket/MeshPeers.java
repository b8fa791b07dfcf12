package dev.wsmesh.websocket;

import dev.wsmesh.node.Background;
import dev.wsmesh.node.ConfiguredPeerView;
import dev.wsmesh.node.ConfiguredPeerView.State;
import dev.wsmesh.node.Core;
import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.View;
import dev.wsmesh.websocket.RefusalLog.News;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.CloseStatus;

/**
 * The configured peers that are nodes, or may be, and where they are now: names are resolved again and again, and the core is
 * told of what comes and goes. A peer that turns out to be none of ours is kept from the core as long as it is connected.
 *
 * <p>States: {@code stopped -> running -> stopped}. Thread-safe; the core is told with this object's monitor held, and so never
 * calls back.
 */
final class MeshPeers implements RefusalLog.Configured {

    private static final Logger log = LoggerFactory.getLogger(MeshPeers.class);

    /** How often the core is asked which of them it reaches: as exact as "unreachable since" is. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Locator locator;
    private final Duration interval;
    private final InstantSource clock;
    /** By their targets, in the order of the configuration; each with the places where it is. */
    private final Map<PeerTarget, Map<Address, ConfiguredPlace>> places = new LinkedHashMap<>();

    /** Those of them that were added since the configuration was read. Guarded by the monitor, like the rest. */
    private final Set<PeerUrl> added = new HashSet<>();

    /** Those whose places this run's core has heard of. */
    private final Set<PeerTarget> located = new HashSet<>();

    private final Map<PeerTarget, Thread> followers = new HashMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private @Nullable Core core;

    MeshPeers(List<PeerTarget> targets, Locator locator, Duration interval, InstantSource clock) {
        this.locator = locator;
        this.interval = interval;
        this.clock = clock;
        targets.forEach(this::add);
    }

    synchronized void start(Core ofThisRun) {
        core = ofThisRun;
        located.clear();
        // A session with a plain peer does not outlive a run, and whoever waited to dial it again was ended with the
        // run.
        places.values().forEach(each -> each.values().forEach(place -> place.plain(null)));
        places.keySet().forEach(this::follow);
        Thread _ = run("mesh-peers", this::watch);
    }

    synchronized void stop() {
        threads.forEach(Thread::interrupt);
        threads.clear();
        followers.clear();
        core = null;
    }

    /** The configured target at this address; null if it is none. */
    synchronized @Nullable PeerTarget target(Address address) {
        ConfiguredPlace place = find(address);
        return place == null ? null : place.target();
    }

    /** Adds one at run time; returns false if it is there already. */
    synchronized boolean add(PeerUrl url) {
        if (find(url) != null) {
            return false;
        }
        PeerTarget target = new PeerTarget(url, Map.of(), false);
        added.add(url);
        add(target);
        if (core != null) {
            tellCore();
            follow(target);
        }
        return true;
    }

    /** Removes one; its link, if there is one, stays. Returns false if it is none of them. */
    synchronized boolean remove(PeerUrl url) {
        PeerTarget target = find(url);
        if (target == null) {
            return false;
        }
        places.remove(target);
        added.remove(url);
        Thread follower = followers.remove(target);
        if (follower != null) {
            follower.interrupt();
        }
        tellCore();
        return true;
    }

    synchronized int size() {
        return places.size();
    }

    /** Whether what stands there was added at run time, and so is within the dial policy. */
    synchronized boolean isAdded(Address address) {
        ConfiguredPlace place = find(address);
        return place != null && added.contains(place.target().url());
    }

    @Override
    public synchronized News failed(Address address, String why) {
        ConfiguredPlace place = find(address);
        if (place == null) {
            return News.NOT_CONFIGURED;
        }
        place.fail(why, clock.instant());
        return place.isNews(why) ? News.FRESH : News.KNOWN;
    }

    /** What leads there is not dialled. */
    synchronized News forbidden(Address address, String why) {
        News news = failed(address, why);
        ConfiguredPlace place = find(address);
        if (place != null) {
            place.forbid(why, clock.instant());
        }
        return news;
    }

    @Override
    public synchronized void ended(@Nullable Address dialled, NodeId peer, String why) {
        places.values()
                .forEach(each -> each.forEach((address, place) -> {
                    if (address.equals(dialled) || place.isOf(peer)) {
                        place.fail(why, clock.instant());
                        boolean _ = place.isNews(why);
                    }
                }));
    }

    /** The peer there is a plain one. The core is not to dial it until the session has ended, and a pause after that. */
    synchronized void foundPlain(Address address, PeerSession session, Supplier<Backoff> newBackoff) {
        ConfiguredPlace place = find(address);
        if (place == null) {
            return;
        }
        place.plain(session);
        place.enter(State.CONNECTED, clock.instant());
        tellCore();
        session.onEnd(status -> {
            plainEnded(place, session, status);
            Thread _ = run("mesh-peers-again", () -> {
                Thread.sleep(pauseAfter(place, session, newBackoff));
                forget(place, session);
            });
        });
    }

    /** The peers as an operator sees them, one for each address. */
    List<ConfiguredPeerView> views() {
        look();
        synchronized (this) {
            List<ConfiguredPeerView> views = new ArrayList<>();
            places.values().forEach(each -> each.forEach((address, place) -> views.add(place.view(address))));
            return views;
        }
    }

    private static Duration pauseAfter(ConfiguredPlace place, PeerSession session, Supplier<Backoff> newBackoff) {
        Backoff backoff = place.backoff(newBackoff);
        backoff.sessionLasted(session.age());
        return backoff.next();
    }

    private void add(PeerTarget target) {
        Map<Address, ConfiguredPlace> one = new LinkedHashMap<>();
        one.put(Locator.address(target), new ConfiguredPlace(target, clock.instant()));
        places.put(target, one);
    }

    private @Nullable ConfiguredPlace find(Address address) {
        return places.values().stream()
                .map(each -> each.get(address))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private @Nullable PeerTarget find(PeerUrl url) {
        return places.keySet().stream()
                .filter(target -> target.url().equals(url))
                .findFirst()
                .orElse(null);
    }

    private void follow(PeerTarget target) {
        Thread follower = run("mesh-locate-" + target.url(), () -> {
            while (true) {
                locate(target);
                Thread.sleep(interval);
            }
        });
        followers.put(target, follower);
    }

    private void locate(PeerTarget target) {
        try {
            moved(target, locator.locate(target, isPinned(target)));
        } catch (UnknownHostException e) {
            // Where it was is as good a guess as any; a first dial says by itself that the name has no address.
            log.debug("{} has no address at the moment", target.url());
            moved(target, List.of());
        } catch (RuntimeException e) {
            // A mistake of ours must not end the following of this name.
            log.error("{} could not be located", target.url(), e);
        }
    }

    private synchronized boolean isPinned(PeerTarget target) {
        return places.getOrDefault(target, Map.of()).values().stream().anyMatch(ConfiguredPlace::isPinned);
    }

    /** The target is there now; nowhere means that nothing is known. */
    private synchronized void moved(PeerTarget target, List<PeerTarget> now) {
        Map<Address, ConfiguredPlace> known = places.get(target);
        if (known == null) {
            return;
        }
        Map<Address, ConfiguredPlace> next = new LinkedHashMap<>();
        for (PeerTarget each : now) {
            Address address = Locator.address(each);
            ConfiguredPlace place = known.get(address);
            next.put(address, place != null ? place : new ConfiguredPlace(each, clock.instant()));
        }
        boolean unknown = now.isEmpty();
        known.forEach((address, place) -> {
            if (unknown || isOnlyUnmentioned(place, next)) {
                next.put(address, place);
            }
        });
        boolean changed = !next.keySet().equals(known.keySet());
        if (changed) {
            log.info("{} is now at {}", target.url(), next.keySet());
            places.put(target, next);
        }
        if (located.add(target) || changed) {
            tellCore();
        }
    }

    /** Some name servers answer with a few of many addresses, each time with others: what is reached is still there. */
    private static boolean isOnlyUnmentioned(ConfiguredPlace place, Map<Address, ConfiguredPlace> mentioned) {
        return place.isReached() && mentioned.values().stream().allMatch(other -> other.isPinned() == place.isPinned());
    }

    private synchronized void plainEnded(ConfiguredPlace place, PeerSession session, CloseStatus status) {
        if (session.equals(place.plain())) {
            place.fail("the session ended: " + PlainStatus.describe(status), clock.instant());
            place.enter(State.UNREACHABLE, clock.instant());
        }
    }

    /** The core may dial it again. */
    private synchronized void forget(ConfiguredPlace place, PeerSession session) {
        if (session.equals(place.plain())) {
            place.plain(null);
            tellCore();
        }
    }

    private void tellCore() {
        Core present = core;
        if (present == null) {
            return;
        }
        List<Address> addresses = new ArrayList<>();
        places.values()
                .forEach(each -> each.forEach((address, place) -> {
                    if (place.plain() == null) {
                        addresses.add(address);
                    }
                }));
        present.give(new Input.Bootstrap(addresses));
    }

    private void watch() throws InterruptedException {
        while (true) {
            Thread.sleep(LOOK);
            look();
        }
    }

    private synchronized void look() {
        Core present = core;
        if (present == null) {
            return;
        }
        for (View.BootstrapView view : present.bootstrap()) {
            ConfiguredPlace place = find(view.address());
            if (place != null && place.plain() == null) {
                look(place, view, present);
            }
        }
    }

    private void look(ConfiguredPlace place, View.BootstrapView view, Core present) {
        NodeId id = view.id();
        Instant now = clock.instant();
        place.looked(id, view.reach() == View.Reach.SELF ? 0 : view.failures());
        switch (view.reach()) {
            case NOT_TRIED -> place.enter(State.NOT_TRIED, now);
            case SELF -> place.enter(State.SELF, now);
            case LINKED -> place.enter(State.CONNECTED, now);
            case REACHED -> place.enter(State.REACHED, now);
            case UNREACHABLE ->
                place.lose(
                        () -> id == null ? Duration.ZERO : present.silence(id).orElse(Duration.ZERO), now);
        }
    }

    /** A task that ends by an interrupt. */
    private interface Task {
        void run() throws InterruptedException;
    }

    private synchronized Thread run(String name, Task task) {
        Thread thread = Background.start(name, () -> {
            try {
                task.run();
            } catch (InterruptedException e) {
                log.debug("{} ends", name);
            }
        });
        threads.removeIf(each -> !each.isAlive());
        threads.add(thread);
        return thread;
    }
}
