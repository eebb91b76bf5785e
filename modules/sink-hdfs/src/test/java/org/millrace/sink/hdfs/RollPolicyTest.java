package org.millrace.sink.hdfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RollPolicyTest {
    private static final Instant OPENED = Instant.parse("2026-03-01T00:00:00Z");
    private static final RollPolicy POLICY = new RollPolicy(1000, 10, Duration.ofSeconds(60), Duration.ofSeconds(20));
    private static final RollPolicy OFF = new RollPolicy(0, 0, Duration.ZERO, Duration.ZERO);

    private static RollPolicy.FileState file(long bytes, long events, long writtenAt, boolean insideLine) {
        return new RollPolicy.FileState(bytes, events, OPENED, OPENED.plusSeconds(writtenAt), insideLine);
    }

    @ParameterizedTest
    @CsvSource({
        // bytes, events, written at, inside a line, now -> reason
        "999,  9,  0, false,  0, NOT_YET",
        "1000, 9,  0, false,  0, SIZE",
        "999,  10, 0, false,  0, COUNT",
        "1000, 10, 0, true,   0, NOT_YET",
        "1,    1,  0, false, 19, NOT_YET",
        "1,    1,  0, false, 20, IDLE",
        "1,    1, 50, false, 59, NOT_YET",
        "1,    1, 59, false, 60, AGE",
        "1,    1, 59, true,  60, AGE",
        "1,    1,  0, true,  20, IDLE",
    })
    void shouldCloseAFileAtItsLimits(
            long bytes, long events, long writtenAt, boolean insideLine, long now, RollPolicy.Reason reason) {
        assertThat(POLICY.decide(file(bytes, events, writtenAt, insideLine), OPENED.plusSeconds(now)))
                .isEqualTo(reason);
    }

    @Test
    void shouldCloseNothingForALimitThatIsOff() {
        RollPolicy.FileState file = file(Long.MAX_VALUE, Long.MAX_VALUE, 0, false);
        assertThat(OFF.decide(file, OPENED.plusSeconds(1_000_000_000))).isEqualTo(RollPolicy.Reason.NOT_YET);
        assertThat(OFF.dueAt(file)).isEqualTo(Instant.MAX);
        assertThat(OFF.room(file, 5)).isEqualTo(5);
    }

    @Test
    void shouldLeaveRoomForExactlyTheEventsThatFit() {
        assertThat(POLICY.room(file(0, 0, 0, false), 100)).isEqualTo(10);
        assertThat(POLICY.room(file(0, 7, 0, false), 100)).isEqualTo(3);
        assertThat(POLICY.room(file(0, 7, 0, false), 2)).isEqualTo(2);
        // A line whose parts are still coming is not cut, but decided about after each part.
        assertThat(POLICY.room(file(0, 12, 0, true), 100)).isEqualTo(1);
    }

    @Test
    void shouldBeDueWhenTheFirstOfAgeAndIdlenessIs() {
        assertThat(POLICY.dueAt(file(1, 1, 0, false))).isEqualTo(OPENED.plusSeconds(20));
        assertThat(POLICY.dueAt(file(1, 1, 50, false))).isEqualTo(OPENED.plusSeconds(60));
        RollPolicy onlyIdle = new RollPolicy(0, 0, Duration.ZERO, Duration.ofSeconds(5));
        assertThat(onlyIdle.dueAt(file(1, 1, 50, false))).isEqualTo(OPENED.plusSeconds(55));
    }
}
