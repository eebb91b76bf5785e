package org.millrace.source.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.millrace.source.spool.AtRest.Look;

class AtRestTest {
    private static final Duration REST = Duration.ofMillis(500);
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");

    static Stream<Arguments> cases() {
        Look future = look(10, 60_000, 0);
        return Stream.of(
                Arguments.of("changed just now", look(10, 0, 0), null, false),
                Arguments.of("changed a little too recently", look(10, 0, 499), null, false),
                Arguments.of("left alone for exactly the time", look(10, 0, 500), null, true),
                Arguments.of("old", look(10, -1_000_000, 0), null, true),
                Arguments.of("old, but seen to grow", look(11, -1_000_000, 100), look(10, -2_000_000, 0), true),
                Arguments.of("from the future, first look", future, null, false),
                Arguments.of("from the future, second look too early", look(10, 60_000, 499), future, false),
                Arguments.of("from the future, same twice", look(10, 60_000, 500), future, true),
                Arguments.of("from the future, grown", look(11, 60_000, 5_000), future, false),
                Arguments.of("from the future, touched", look(10, 60_001, 5_000), future, false),
                Arguments.of("our clock was set back", look(10, 60_000, -9_000), future, false));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void shouldDecide(String name, Look now, Look earlier, boolean atRest) {
        assertThat(AtRest.decide(now, Optional.ofNullable(earlier), REST)).isEqualTo(atRest);
    }

    private static Look look(long size, long modifiedMillis, long atMillis) {
        return new Look(size, T.plusMillis(modifiedMillis), T.plusMillis(atMillis));
    }
}
