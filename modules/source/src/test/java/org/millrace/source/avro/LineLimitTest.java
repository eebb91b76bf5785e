package org.millrace.source.avro;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LineLimitTest {
    private static final Duration PERIOD = Duration.ofMinutes(1);

    private final AtomicLong now = new AtomicLong(-5);
    private final LineLimit limit = new LineLimit(2, PERIOD, now::get);

    @Test
    void shouldLeaveOutWhatIsTooMuchInAPeriodAndSayHowMuchInTheNext() {
        assertThat(limit.say()).isEqualTo(OptionalLong.of(0));
        assertThat(limit.say()).isEqualTo(OptionalLong.of(0));
        for (int i = 0; i < 1000; i++) {
            assertThat(limit.say()).isEmpty();
        }
        now.addAndGet(PERIOD.toNanos());
        assertThat(limit.say()).isEmpty();
        now.addAndGet(1);

        assertThat(limit.say()).isEqualTo(OptionalLong.of(1001));
        assertThat(limit.say()).isEqualTo(OptionalLong.of(0));
        assertThat(limit.say()).isEmpty();
    }
}
