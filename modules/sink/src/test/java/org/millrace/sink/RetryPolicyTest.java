package org.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryPolicyTest {
    private final RetryPolicy policy = new RetryPolicy(Duration.ofMillis(100), Duration.ofSeconds(30));

    @ParameterizedTest
    @CsvSource({"1,100", "2,200", "3,400", "9,25600", "10,30000", "31,30000", "1000000,30000", "2147483647,30000"})
    void shouldDoubleUpToTheLongest(int failures, long millis) {
        assertThat(policy.pauseAfter(failures)).isEqualTo(Duration.ofMillis(millis));
    }

    @Test
    void shouldSpreadPausesOverTheirLastQuarter() {
        Random random = new Random(1);

        assertThat(Stream.generate(() -> policy.pauseAfter(3, random)).limit(200))
                .allMatch(pause -> pause.toMillis() >= 300 && pause.toMillis() <= 400)
                .anyMatch(pause -> pause.toMillis() < 320)
                .anyMatch(pause -> pause.toMillis() > 380);
        assertThat(new RetryPolicy(Duration.ofMillis(1), Duration.ofMillis(1)).pauseAfter(1, random))
                .isEqualTo(Duration.ofMillis(1));
    }

    @Test
    void shouldRefuseNonsense() {
        assertThatThrownBy(() -> new RetryPolicy(Duration.ZERO, Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RetryPolicy(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
