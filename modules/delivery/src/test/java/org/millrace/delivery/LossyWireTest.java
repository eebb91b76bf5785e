package org.millrace.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.testkit.ExplicitlyTriggeredScheduler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.delivery.LossyWire.Badness;
import org.millrace.route.CollectorView;
import org.millrace.route.CollectorView.Path;

/** What the protocol promises, over a wire that loses, delays and cuts; all by real actors. */
class LossyWireTest {
    private static final long EVENTS = 20_000;
    private static final Duration STEP = Duration.ofMillis(50);
    private static final Duration LATE = Duration.ofMillis(400);
    /** Of manual time; enough for every loss to be found by a question after silence. */
    private static final int MOST_STEPS = 100_000;

    private final ActorTestKit kit = ActorTestKit.create(ManualTime.config().withFallback(ConfigFactory.load()));
    private final ExplicitlyTriggeredScheduler time =
            (ExplicitlyTriggeredScheduler) Adapter.toClassic(kit.system()).scheduler();

    private long now = time.currentTimeMs();

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldStoreEverythingOnceAndInOrderWhateverIsLostLateOrCut(long seed) {
        TrialCollector collector = new TrialCollector(kit, "node04", 4, new Badness(0.02, 0.05, LATE, 0.001), seed);
        TrialAgent agent = new TrialAgent(kit, EVENTS, seed);
        agent.collectorsAre(List.of(LaneSteps.ready(collector.id(), 10)));

        run(agent, List.of(collector), step -> {});

        assertThat(collector.stored()).isEqualTo(upTo(EVENTS));
        assertThat(agent.wrong()).isEmpty();
        assertThat(collector.tally.lost).as("lost").hasPositiveValue();
        assertThat(collector.tally.late).as("late").hasPositiveValue();
        assertThat(collector.tally.cut).as("cut").hasPositiveValue();
        assertThat(agent.counter("redelivered.events")).isPositive();
    }

    @ParameterizedTest
    @ValueSource(longs = {5, 6})
    void shouldStoreEverythingOnceAndInOrderWhenTheAgentDiesAgainAndAgain(long seed) {
        Random random = new Random(seed);
        TrialCollector collector = new TrialCollector(kit, "node04", 4, new Badness(0.01, 0.05, LATE, 0), seed);
        TrialAgent agent = new TrialAgent(kit, EVENTS, seed);
        agent.collectorsAre(List.of(LaneSteps.ready(collector.id(), 10)));

        run(agent, List.of(collector), step -> {
            if (random.nextInt(100) == 0) {
                agent.restart();
            }
        });

        assertThat(collector.stored()).isEqualTo(upTo(EVENTS));
        assertThat(agent.wrong()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {7, 8, 9})
    void shouldLoseNothingAndPutNothingTwiceIntoOneCollectorHoweverItsRouteChanges(long seed) {
        Random random = new Random(seed);
        Badness badness = new Badness(0.02, 0.05, LATE, 0.001);
        TrialCollector one = new TrialCollector(kit, "node04", 4, badness, seed);
        TrialCollector two = new TrialCollector(kit, "node05", 5, badness, seed + 100);
        TrialAgent agent = new TrialAgent(kit, EVENTS, seed);

        run(agent, List.of(one, two), step -> {
            if (random.nextInt(60) == 0) {
                agent.collectorsAre(List.of(anyView(one, random), anyView(two, random)));
            } else if (random.nextInt(200) == 0) {
                agent.collectorsAre(List.of());
            }
        });

        for (TrialCollector collector : List.of(one, two)) {
            assertThat(collector.stored()).as("%s", collector.id()).isSorted().doesNotHaveDuplicates();
            assertThat(collector.stored())
                    .as("%s had a part in it", collector.id())
                    .isNotEmpty();
        }
        TreeSet<Long> all = new TreeSet<>(one.stored());
        all.addAll(two.stored());
        assertThat(all).containsExactlyElementsOf(upTo(EVENTS));
        assertThat(agent.wrong()).isEmpty();
    }

    private static CollectorView anyView(TrialCollector collector, Random random) {
        Path path = random.nextInt(4) == 0 ? Path.BROKEN : Path.ALIVE;
        return LaneSteps.withPath(collector.id(), random.nextInt(3), path);
    }

    @ParameterizedTest
    @ValueSource(longs = {10, 11})
    void shouldStoreNothingTwiceWhenItHandsOver(long seed) {
        Random random = new Random(seed);
        // Late, and nothing else: a loss may take a handover longer than its limit to find out.
        Badness badness = new Badness(0, 0.05, LATE, 0);
        TrialCollector one = new TrialCollector(kit, "node04", 4, badness, seed);
        TrialCollector two = new TrialCollector(kit, "node05", 5, badness, seed + 100);
        TrialAgent agent = new TrialAgent(kit, EVENTS, seed);

        run(agent, List.of(one, two), step -> {
            if (step % 100 == 0) {
                agent.collectorsAre(List.of(
                        LaneSteps.ready(one.id(), random.nextInt(3)), LaneSteps.ready(two.id(), random.nextInt(3))));
            }
        });

        assertThat(LongStream.concat(longs(one), longs(two)).sorted().boxed()).isEqualTo(upTo(EVENTS));
        assertThat(one.stored()).isSorted().isNotEmpty();
        assertThat(two.stored()).isSorted().isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(classes = {Delivery.CloseLane.class, Delivery.LaneOpened.class})
    void shouldLeaveNoSessionOpenBehindWhateverOfItIsLost(Class<?> lost) {
        Badness none = new Badness(0, 0, LATE, 0);
        TrialCollector one = new TrialCollector(kit, "node04", 4, none, 12);
        TrialCollector two = new TrialCollector(kit, "node05", 5, none, 13);
        List<TrialCollector> both = List.of(one, two);
        TrialAgent agent = new TrialAgent(kit, EVENTS, 12);
        two.tally.losing = Optional.of(lost);
        agent.collectorsAre(List.of(LaneSteps.ready(two.id(), 10)));
        runUntil(() -> !two.tally.open.isEmpty(), both, step -> {});

        agent.collectorsAre(List.of(LaneSteps.ready(one.id(), 10), LaneSteps.withPath(two.id(), 5, Path.BROKEN)));
        run(agent, both, step -> {});
        assertThat(two.tally.open).as("the end was lost").hasSize(1);

        two.tally.losing = Optional.empty();
        runUntil(two.tally.open::isEmpty, both, step -> {});
    }

    private static LongStream longs(TrialCollector collector) {
        return collector.stored().stream().mapToLong(offset -> offset);
    }

    /** Lets time pass until everything is committed, and something happen at every step. */
    private void run(TrialAgent agent, List<TrialCollector> collectors, LongConsumer atStep) {
        runUntil(() -> agent.committed() >= EVENTS, collectors, atStep);
    }

    private void runUntil(BooleanSupplier over, List<TrialCollector> collectors, LongConsumer atStep) {
        for (int step = 0; !over.getAsBoolean(); step++) {
            assertThat(step).as("steps").isLessThan(MOST_STEPS);
            atStep.accept(step);
            // What ManualTime does too, after a pause that would make a step slower than the time it plays.
            now += STEP.toMillis();
            time.executeTasks(now);
            // Time must not run away from the messages: an answer that takes a second is a late one.
            for (int hop = 0; hop < 4; hop++) {
                collectors.forEach(TrialCollector::settle);
            }
        }
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }
}
