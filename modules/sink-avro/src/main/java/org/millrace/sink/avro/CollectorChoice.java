package org.millrace.sink.avro;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.millrace.sink.RetryPolicy;

/**
 * Which collector gets the next request: of those of the highest priority that has a usable one, each
 * in turn or any. One that failed is left alone for a pause, which grows from failure to failure and is
 * forgotten only when it takes events again; whoever uses it meanwhile loses no time to it. Time is
 * what a caller passes in, in nanoseconds. Not thread-safe.
 */
final class CollectorChoice {
    /** One that refuses lives, and may have room the next moment. */
    private static final Duration LONGEST_AFTER_REFUSAL = Duration.ofSeconds(1);

    private enum Condition {
        USABLE,
        /** It lives and did not take events; its pause runs. */
        REFUSING,
        /** It could not be reached or did not answer; its pause runs. */
        DEAD,
        /** Somebody asks it whether it is there. */
        ASKED
    }

    private static final class Standing {
        private Condition condition = Condition.DEAD;
        private int failures;
        private long pauseEnds;

        boolean isDue(Condition wanted, long now) {
            return condition == wanted && now - pauseEnds >= 0;
        }
    }

    private final Map<Collector, Standing> standings = new LinkedHashMap<>();
    private final AvroSettings.Spread spread;
    private final RetryPolicy pauses;
    private final RetryPolicy pausesAfterRefusal;
    private final RandomGenerator random;
    private int turn;

    /** None of the collectors is usable yet; all are due. */
    CollectorChoice(
            List<Collector> collectors,
            AvroSettings.Spread spread,
            RetryPolicy pauses,
            long now,
            RandomGenerator random) {
        List<Collector> ranked = new ArrayList<>(collectors);
        ranked.sort(Comparator.comparingInt(Collector::priority).reversed());
        for (Collector collector : ranked) {
            Standing standing = new Standing();
            standing.pauseEnds = now;
            standings.put(collector, standing);
        }
        this.spread = spread;
        this.pauses = pauses;
        this.pausesAfterRefusal = pauses.longest().compareTo(LONGEST_AFTER_REFUSAL) <= 0
                ? pauses
                : new RetryPolicy(
                        pauses.shortest().compareTo(LONGEST_AFTER_REFUSAL) < 0
                                ? pauses.shortest()
                                : LONGEST_AFTER_REFUSAL,
                        LONGEST_AFTER_REFUSAL);
        this.random = random;
    }

    /** The collector for the next request, if one is usable. */
    Optional<Collector> next() {
        List<Collector> tier = tier();
        if (tier.isEmpty()) {
            return Optional.empty();
        }
        int index =
                spread == AvroSettings.Spread.RANDOM ? random.nextInt(tier.size()) : Math.floorMod(turn, tier.size());
        turn++;
        return Optional.of(tier.get(index));
    }

    /** Usable collectors of the highest priority that has any. */
    List<Collector> tier() {
        List<Collector> usable = standings.entrySet().stream()
                .filter(entry -> entry.getValue().condition == Condition.USABLE)
                .map(Map.Entry::getKey)
                .toList();
        return usable.stream()
                .filter(collector -> collector.priority() == usable.get(0).priority())
                .toList();
    }

    /** Dead ones whose pause is over. They count as asked from now on. */
    List<Collector> due(long now) {
        List<Collector> due = new ArrayList<>();
        standings.forEach((collector, standing) -> {
            if (standing.isDue(Condition.DEAD, now)) {
                standing.condition = Condition.ASKED;
                due.add(collector);
            }
        });
        return due;
    }

    /** Lets those that refused be tried again when their pause is over. */
    void endPauses(long now) {
        standings.values().stream()
                .filter(standing -> standing.isDue(Condition.REFUSING, now))
                .forEach(standing -> standing.condition = Condition.USABLE);
    }

    /** Whether one that is not usable at the moment lives. */
    boolean someRefuse() {
        return standings.values().stream().anyMatch(standing -> standing.condition == Condition.REFUSING);
    }

    /** It is there. Whether it takes events is not known. */
    void answered(Collector collector) {
        standings.get(collector).condition = Condition.USABLE;
    }

    /** It took events. */
    void took(Collector collector) {
        standings.get(collector).failures = 0;
    }

    /**
     * It answered that it does not take events.
     *
     * @return how many times in a row it has not taken any
     */
    int refused(Collector collector, long now) {
        return pause(collector, Condition.REFUSING, pausesAfterRefusal, now);
    }

    /**
     * It could not be reached, or did not answer.
     *
     * @return how many times in a row it has not taken any events
     */
    int failed(Collector collector, long now) {
        return pause(collector, Condition.DEAD, pauses, now);
    }

    private int pause(Collector collector, Condition condition, RetryPolicy policy, long now) {
        Standing standing = standings.get(collector);
        standing.condition = condition;
        standing.failures++;
        standing.pauseEnds = now + policy.pauseAfter(standing.failures, random).toNanos();
        return standing.failures;
    }
}
