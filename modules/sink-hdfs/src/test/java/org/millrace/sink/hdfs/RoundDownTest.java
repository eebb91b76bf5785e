package org.millrace.sink.hdfs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.ZonedDateTime;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoundDownTest {
    /** Flume's user guide has the second: 11:54:34 becomes 11:50:00. */
    @ParameterizedTest
    @CsvSource({
        "PT0S,  2012-06-12T11:54:34.5+02:00, 2012-06-12T11:54:34.5+02:00",
        "PT10M, 2012-06-12T11:54:34.5+02:00, 2012-06-12T11:50+02:00",
        "PT1S,  2012-06-12T11:54:34.5+02:00, 2012-06-12T11:54:34+02:00",
        "PT7S,  2012-06-12T11:54:34.5+02:00, 2012-06-12T11:54:28+02:00",
        "PT1M,  2012-06-12T11:54:34.5+02:00, 2012-06-12T11:54+02:00",
        "PT25M, 2012-06-12T11:54:34.5+02:00, 2012-06-12T11:50+02:00",
        "PT1H,  2012-06-12T11:54:34.5+02:00, 2012-06-12T11:00+02:00",
        "PT6H,  2012-06-12T11:54:34.5+02:00, 2012-06-12T06:00+02:00",
        "PT24H, 2012-06-12T11:54:34.5+02:00, 2012-06-12T00:00+02:00",
        "PT10M, 2012-06-12T11:50:00+02:00,   2012-06-12T11:50+02:00",
    })
    void shouldGoBackToTheBeginningOfTheStretch(String stretch, String time, String rounded) {
        assertThat(new RoundDown(Duration.parse(stretch)).apply(ZonedDateTime.parse(time)))
                .isEqualTo(ZonedDateTime.parse(rounded));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0.5S", "PT61S", "PT61M", "PT25H", "PT-1S"})
    void shouldKnowWhatStretchesDoNotFit(String stretch) {
        assertThat(RoundDown.isPossible(Duration.parse(stretch))).isFalse();
    }
}
