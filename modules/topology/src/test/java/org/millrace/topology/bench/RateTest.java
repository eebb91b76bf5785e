package org.millrace.topology.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateTest {
    @ParameterizedTest
    @CsvSource({
        // lines/s, a file each ms, lanes, lines to warm up with: files for each lane, lines in each
        "2000, 50, 1, 1000000, 5000, 100",
        "2000, 50, 2, 1000000, 2500, 50",
        "2000, 1000, 1, 1000000, 500, 2000",
        "2000, 1000, 1, 10, 1, 10",
        "2, 50, 1, 1000000, 5000, 1",
    })
    void shouldWarmUpWithFilesLikeThoseThatFollowButNotTooMany(
            int rate, int fileEvery, int lanes, int lines, int files, int linesPerFile) {
        Rate held = new Rate(rate, Duration.ofMillis(fileEvery), Duration.ZERO, Duration.ofSeconds(1));

        assertThat(held.warmUp(lanes, lines, 169)).isEqualTo(new Load(lanes, files, linesPerFile, 169));
    }
}
