package org.millrace.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
    private static final List<String> CHOICES =
            List.of("spool-directory", "static", "kafka", "hdfs", "topic", "batch-size", "port");

    @ParameterizedTest
    @CsvSource({
        "sttic, static",
        "Static, static",
        "kafak, kafka",
        "hfds, hdfs",
        "batchSize, batch-size",
        "batch_sise, batch-size",
        "spooldir, spool-directory",
        "spool_directroy, spool-directory",
        "prt, port",
        "tpoic, topic",
    })
    void shouldProposeTheNearest(String written, String nearest) {
        assertThat(Nearest.hint(written, CHOICES)).isEqualTo("; did you mean '" + nearest + "'?");
    }

    @ParameterizedTest
    @CsvSource({"avro", "x", "''", "memory", "interceptor", "pig"})
    void shouldProposeNothingThatIsAGuess(String written) {
        assertThat(Nearest.hint(written, CHOICES)).isEmpty();
    }
}
