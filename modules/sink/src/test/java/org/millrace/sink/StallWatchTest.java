package org.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class StallWatchTest {
    private static final Duration HALF = StallWatch.LIMIT.dividedBy(2);

    @Test
    void shouldStallWhenNothingMovesForTheLimit() {
        StallWatch half = StallWatch.START.look(0, 3, HALF);
        assertThat(half.stalled()).isFalse();
        assertThat(half.look(0, 3, HALF).stalled()).isTrue();
        assertThat(half.look(0, 4, HALF).stalled()).as("taking is no progress").isTrue();
    }

    @Test
    void shouldNotStallWhileSomethingIsStored() {
        StallWatch half = StallWatch.START.look(0, 3, HALF);
        StallWatch moved = half.look(1, 3, HALF);
        assertThat(moved.stalled()).isFalse();
        assertThat(moved.still()).isZero();
        assertThat(moved.look(1, 3, HALF).stalled()).isFalse();
    }

    @Test
    void shouldNotStallWhileNothingWaits() {
        StallWatch idle = StallWatch.START.look(5, 0, HALF).look(5, 0, HALF).look(5, 0, HALF);
        assertThat(idle.stalled()).isFalse();
        assertThat(idle.look(5, 1, HALF).stalled())
                .as("it begins with the first that waits")
                .isFalse();
    }

    @Test
    void shouldMoveAgain() {
        StallWatch stalled = StallWatch.START.look(0, 3, StallWatch.LIMIT);
        assertThat(stalled.stalled()).isTrue();
        assertThat(stalled.look(1, 2, HALF).stalled()).isFalse();
        assertThat(stalled.look(0, 0, HALF).stalled()).isFalse();
    }
}
