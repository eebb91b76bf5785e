package org.millrace.topology.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrowthTest {
    private static final Series LANES =
            Series.all(new Setup(1, 0, "", "", "", ""), 1000).get(0);

    @TempDir
    private Path directory;

    private static Growth growth(String... objections) {
        Result plain = ResultTest.result(Result.Kind.LOAD);
        Result other = ResultTest.result(Result.Kind.LOAD, objections).withLimits(new Limits(250_000, 1_000_000));
        return new Growth(
                LANES,
                List.of(
                        new Growth.Measured(LANES.points().get(0), plain),
                        new Growth.Measured(LANES.points().get(1), other)));
    }

    @Test
    void shouldBeATable() {
        assertThat(growth().table().lines())
                .hasSize(4)
                .startsWith(
                        "| Lanes of one agent into one collector | lines/s | MB/s | agent, CPU-s for a million lines"
                                + " | collectors, the same | agent's heap after collections, MiB | a collector's"
                                + " | of a bare producer |")
                .endsWith(
                        "| 1 lane | 125,000 | 21.1 | 2.34 | 5.67 | 8 | 0 | - |",
                        "| 10 lanes | 125,000 | 21.1 | 2.34 | 5.67 | 8 | 0 | 50 % |");
    }

    @Test
    void shouldBeJsonInOneLine() {
        assertThat(growth().json().toString())
                .hasLineCount(1)
                .startsWith("{\"series\":\"lanes\",\"points\":[{\"point\":\"1 lane\",\"result\":{\"kind\":\"load\",")
                .contains("},{\"point\":\"10 lanes\",\"result\":{")
                .endsWith("}]}");
    }

    @Test
    void shouldBeFineWhereNothingIsObjectedTo() {
        assertThat(growth().isFine()).isTrue();
        assertThat(growth("Kafka has 1 lines missing").isFine()).isFalse();
    }

    @Test
    void shouldDrawAPicture() throws IOException {
        Path picture = growth().draw(directory.resolve("pictures"));

        assertThat(picture).hasFileName("growth-lanes.svg");
        assertThat(Files.readString(picture)).contains("10 lanes", "pale");
    }
}
