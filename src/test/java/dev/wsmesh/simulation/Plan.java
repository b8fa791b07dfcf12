package dev.wsmesh.simulation;

import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.Settings;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * What kind of life a scenario is: decided by its dice, but for what its size demands.
 *
 * @param contacts how many of the nodes are the bootstrap peers of all
 * @param publishers how many of the nodes publish
 * @param atOnce whether all nodes join in the same moment; otherwise about half of them do
 * @param seconds how long there are faults and publications
 * @param peaceSeconds how long is watched, once all is quiet, whether it stays so
 * @param tight whether bounds are so small that they are met all the time
 * @param steady whether publishers never pause, over slow links that hold more than logs do, and nothing breaks
 */
record Plan(
        int size,
        int contacts,
        int publishers,
        int seconds,
        int peaceSeconds,
        int faultsPerMinute,
        int recordsPerSecond,
        int recordBytes,
        long medianLatency,
        boolean atOnce,
        boolean tight,
        boolean steady) {

    static Plan small(SplittableRandom dice) {
        int size = 2 + dice.nextInt(dice.nextInt(8) == 0 ? 22 : 10);
        return new Plan(
                size,
                1 + dice.nextInt(Math.min(3, size)),
                size,
                20 + dice.nextInt(40),
                15,
                dice.nextInt(60),
                1 + dice.nextInt(30),
                8 + dice.nextInt(500),
                Network.millis(1 + dice.nextInt(40)),
                false,
                dice.nextInt(10) > 2,
                false);
    }

    /** So few that each is linked with all others: who publishes waits for its neighbours, and relays wait for nobody. */
    static Plan steady(SplittableRandom dice) {
        int size = 3 + dice.nextInt(4);
        return new Plan(
                size,
                1,
                1 + dice.nextInt(size),
                10 + dice.nextInt(15),
                5,
                0,
                0,
                200 + dice.nextInt(300),
                Network.millis(1 + dice.nextInt(40)),
                true,
                true,
                true);
    }

    /** Whether some nodes accept only the smallest frames, and some records do not fit into them: every fifth small life. */
    private boolean hasLimitedNodes() {
        return !steady && size <= 100 && recordsPerSecond % 5 == 1;
    }

    /** What the node accepts. */
    int frameBytes(int node) {
        return hasLimitedNodes() && node % 3 == 1 ? Limits.FRAME_TARGET_BYTES : Limits.DEFAULT.frameBytes();
    }

    /** How large a publication is that would have so many bytes. */
    int recordBytes(long ticket, int usual) {
        return hasLimitedNodes() && ticket % 25 == 0 ? Limits.FRAME_TARGET_BYTES + usual : usual;
    }

    /** Whether streams are forgotten within minutes. */
    boolean forgets() {
        return tight && !steady && size <= 100;
    }

    /** More than all runs of all nodes in one life: a stream that is refused is counted, and rightly never delivered. */
    private static final int STREAMS = 256;

    private static final int STEADY_RECORDS = 60;

    /** All join at once through one contact, and few publish: so many streams as nodes is not what a mesh is for. */
    static Plan large(SplittableRandom dice, int size) {
        return new Plan(
                size,
                1,
                4,
                12,
                10,
                20 + dice.nextInt(40),
                2,
                8 + dice.nextInt(500),
                Network.millis(1 + dice.nextInt(40)),
                true,
                dice.nextBoolean(),
                false);
    }

    /** Everything happens more often than in earnest; but of a large mesh all nodes look after the same contact. */
    Settings.Membership membership(SplittableRandom dice) {
        boolean large = size > 100;
        Settings.Membership usual = Settings.Membership.DEFAULT;
        int active = steady || (dice.nextBoolean() && !large) ? usual.activeView() : 3 + dice.nextInt(4);
        return new Settings.Membership(
                active,
                active * 5,
                16,
                usual.activeWalk(),
                usual.passiveWalk(),
                usual.shuffleActive(),
                usual.shufflePassive(),
                Duration.ofSeconds(large ? 30 : 10),
                true,
                new Settings.Dialling(
                        usual.dialling().most(),
                        usual.dialling().backoff(),
                        Duration.ofSeconds(large ? 30 : 10),
                        Duration.ofSeconds(20),
                        usual.dialling().candidateFailures()),
                Duration.ofSeconds(large ? 15 : 5));
    }

    Settings.Broadcasting broadcasting(SplittableRandom dice) {
        Settings.Broadcasting usual = Settings.Broadcasting.DEFAULT;
        if (!tight) {
            return dice.nextBoolean() ? usual : usual.withPublishWindow(1_000 + dice.nextInt(10_000));
        }
        if (steady) {
            return usual.bounded(
                    logBytes(), usual.memory().retention(), usual.memory().windowRecords(), STREAMS);
        }
        // In every fourth only the age is met.
        int room = recordsPerSecond % 4 == 0 ? 1_000 : 1;
        long logBytes = room * (4L + dice.nextInt(dice.nextBoolean() ? 20 : 200)) * (recordBytes + 80);
        Duration retention = Duration.ofSeconds(10 + dice.nextInt(30));
        return usual.bounded(logBytes, retention, 4 + dice.nextInt(30), STREAMS);
    }

    /** What a node of a steady life retains: some records, and few beside what is on its way. */
    long logBytes() {
        return STEADY_RECORDS * (recordBytes + 80L);
    }
}
