package org.millrace.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SplitWatchTest {
    @Test
    void shouldSeeSplittingWithoutProgress() {
        SplitWatch begun = SplitWatch.START.look(500, 3);
        assertThat(begun.look(500, 40).stuck()).as("one look may be chance").isFalse();
        assertThat(begun.look(500, 40).look(500, 80).stuck()).isTrue();
    }

    @Test
    void shouldNotMindSplittingThatHelps() {
        SplitWatch watch = SplitWatch.START;
        for (int look = 1; look < 20; look++) {
            watch = watch.look(look, look * 1000);
            assertThat(watch.stuck()).isFalse();
        }
    }

    @Test
    void shouldNotMindAnOutage() {
        SplitWatch watch = SplitWatch.START.look(500, 30);
        for (int look = 1; look < 20; look++) {
            watch = watch.look(500, 30);
            assertThat(watch.stuck()).isFalse();
        }
    }

    @Test
    void shouldSeeSlowSplittingToo() {
        SplitWatch watch = SplitWatch.START.look(500, 0);
        for (int look = 1; look < 10; look++) {
            watch = watch.look(500, look);
            assertThat(watch.stuck()).isFalse();
        }
        assertThat(watch.look(500, 10).stuck()).isTrue();
    }
}
