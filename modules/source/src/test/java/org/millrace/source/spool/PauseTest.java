package org.millrace.source.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PauseTest {
    @ParameterizedTest
    @CsvSource({"0, 500", "1, 499", "499, 1", "500, 0", "501, 0", "-1, 0", "-100000, 0"})
    void shouldLastAsLongAsTheClockIsInsideIt(long millisSince, long millisLeft) {
        Instant since = Instant.parse("2026-11-23T09:35:33Z");
        Pause pause = new Pause(since, Duration.ofMillis(500));
        assertThat(pause.left(since.plusMillis(millisSince))).isEqualTo(Duration.ofMillis(millisLeft));
    }
}
