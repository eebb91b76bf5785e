package org.millrace.sink.avro;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.millrace.sink.RetryPolicy;

class CollectorChoiceTest {
    private static final Collector BEST = new Collector("a", "node04", 1, 10);
    private static final Collector BEST_TOO = new Collector("b", "node05", 1, 10);
    private static final Collector SPARE = new Collector("c", "node06", 1, 5);
    private static final RetryPolicy PAUSES = new RetryPolicy(Duration.ofMillis(100), Duration.ofSeconds(30));

    private long now = Long.MAX_VALUE - 1000;

    @Test
    void shouldAskAllAtFirst() {
        CollectorChoice choice = choice(AvroSettings.Spread.ROUND_ROBIN);

        assertThat(choice.next()).isEmpty();
        assertThat(choice.someRefuse()).isFalse();
        assertThat(choice.due(now)).containsExactly(BEST, BEST_TOO, SPARE);
        assertThat(choice.due(now)).as("asked already").isEmpty();
    }

    @Test
    void shouldTakeThoseOfTheHighestPriorityInTurn() {
        CollectorChoice choice = choice(AvroSettings.Spread.ROUND_ROBIN);
        answered(choice, SPARE, BEST_TOO, BEST);

        assertThat(List.of(
                        choice.next().get(), choice.next().get(), choice.next().get()))
                .containsExactly(BEST, BEST_TOO, BEST);
        assertThat(choice.tier()).containsExactly(BEST, BEST_TOO);
    }

    @Test
    void shouldTakeAnyOfThemAtRandom() {
        CollectorChoice choice = choice(AvroSettings.Spread.RANDOM);
        answered(choice, BEST, BEST_TOO, SPARE);

        List<Collector> taken =
                IntStream.range(0, 100).mapToObj(i -> choice.next().get()).toList();

        assertThat(taken).contains(BEST, BEST_TOO).doesNotContain(SPARE);
        assertThat(taken.subList(0, 50)).isNotEqualTo(taken.subList(50, 100));
    }

    @Test
    void shouldGoDownAPriorityOnlyWhenNoneIsLeftAboveAndReturn() {
        CollectorChoice choice = choice(AvroSettings.Spread.ROUND_ROBIN);
        answered(choice, BEST, BEST_TOO, SPARE);

        choice.failed(BEST, now);
        assertThat(choice.next()).contains(BEST_TOO);
        choice.failed(BEST_TOO, now);
        assertThat(choice.next()).contains(SPARE);
        choice.failed(SPARE, now);
        assertThat(choice.next()).isEmpty();

        pass(Duration.ofMillis(100));
        assertThat(choice.due(now)).containsExactly(BEST, BEST_TOO, SPARE);
        choice.answered(SPARE);
        assertThat(choice.next()).contains(SPARE);
        choice.answered(BEST_TOO);
        assertThat(choice.next()).contains(BEST_TOO);
    }

    @Test
    void shouldLeaveADeadOneAloneForLongerFromTimeToTimeUntilItTakesEvents() {
        CollectorChoice choice = choice(AvroSettings.Spread.ROUND_ROBIN);
        long pause = 100;
        for (int failure = 1; failure <= 12; failure++) {
            assertThat(choice.failed(BEST, now)).isEqualTo(failure);
            assertDueBetween(choice, Math.min(pause, 30_000) * 3 / 4, Math.min(pause, 30_000));
            choice.answered(BEST);
            pause *= 2;
        }

        choice.took(BEST);

        assertThat(choice.failed(BEST, now)).isEqualTo(1);
        assertDueBetween(choice, 75, 100);
    }

    @Test
    void shouldTryOneThatRefusesAgainWithinASecond() {
        CollectorChoice choice = choice(AvroSettings.Spread.ROUND_ROBIN);
        answered(choice, BEST, SPARE);
        for (int i = 0; i < 20; i++) {
            choice.refused(BEST, now);
            choice.endPauses(now);
            assertThat(choice.next()).contains(SPARE);
            assertThat(choice.someRefuse()).isTrue();
            pass(Duration.ofSeconds(1));
            assertThat(choice.due(now)).as("it lives, and needs not be asked").doesNotContain(BEST);
            choice.endPauses(now);
            assertThat(choice.next()).contains(BEST);
        }
    }

    private void assertDueBetween(CollectorChoice choice, long least, long most) {
        pass(Duration.ofMillis(least).minusNanos(1));
        assertThat(choice.due(now)).doesNotContain(BEST);
        pass(Duration.ofMillis(most - least).plusNanos(1));
        assertThat(choice.due(now)).contains(BEST);
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    private static void answered(CollectorChoice choice, Collector... collectors) {
        for (Collector collector : collectors) {
            choice.answered(collector);
        }
    }

    private CollectorChoice choice(AvroSettings.Spread spread) {
        CollectorChoice choice =
                new CollectorChoice(List.of(SPARE, BEST, BEST_TOO), spread, PAUSES, now, new Random(1));
        assertThat(choice.tier()).isEmpty();
        return choice;
    }
}
