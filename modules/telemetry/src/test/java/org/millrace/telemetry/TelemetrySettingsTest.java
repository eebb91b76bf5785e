package org.millrace.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.settings.ConfigProblem;
import org.millrace.settings.ConfigProblems;

class TelemetrySettingsTest {
    private final ConfigProblems problems = new ConfigProblems();

    @Test
    void shouldLogEveryMinuteByDefault() {
        assertThat(read("").logInterval()).contains(Duration.ofMinutes(1));
        assertThat(problems.found()).isEmpty();
    }

    @Test
    void shouldLogNothingWhenTurnedOff() {
        assertThat(read("millrace.telemetry.log-interval = 0")).isEqualTo(new TelemetrySettings(Optional.empty()));
        assertThat(problems.found()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "log-interval = 10 ms, 'must be at least 1 s, or 0 for no log'",
        "log-interval = 2 days, 'must be from 0 s to 86400 s, is 172800 s'",
        "log-intervall = 5 s, is not a key of this section; did you mean 'log-interval'?",
    })
    void shouldNameMistakes(String written, String message) {
        read("millrace.telemetry { " + written + " }");

        assertThat(problems.found()).extracting(ConfigProblem::message).containsExactly(message);
    }

    private TelemetrySettings read(String written) {
        return TelemetrySettings.from(
                ConfigFactory.parseString(written)
                        .withFallback(ConfigFactory.defaultReference())
                        .resolve(),
                problems);
    }
}
