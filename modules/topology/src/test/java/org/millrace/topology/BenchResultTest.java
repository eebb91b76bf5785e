package org.millrace.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class BenchResultTest {
    private static final BenchResult RESULT = new BenchResult(
            1_000_000,
            168_000_000,
            Duration.ofMillis(7500),
            Duration.ofSeconds(8),
            new ProcessUse(1, Duration.ofMillis(2340), OptionalLong.of(180L << 20)),
            new ProcessUse(2, Duration.ofMillis(5670), OptionalLong.empty()));

    @Test
    void shouldCountUntilTheLaterStoreHasAll() {
        assertThat(RESULT.text())
                .isEqualTo("1,000,000 lines in 8.00 s: 125,000 lines/s (Kafka 7.50 s, HDFS 8.00 s);"
                        + " agent 2.34 CPU-s, peak 180 MiB; collector 5.67 CPU-s, peak unknown");
    }

    @Test
    void shouldBeJsonInOneLine() {
        assertThat(RESULT.json())
                .isEqualTo("{\"lines\":1000000,\"bytes\":168000000,\"seconds\":8.000,\"lines_per_second\":125000,"
                        + "\"kafka_seconds\":7.500,\"hdfs_seconds\":8.000,"
                        + "\"agent\":{\"cpu_seconds\":2.34,\"peak_memory_bytes\":188743680},"
                        + "\"collector\":{\"cpu_seconds\":5.67,\"peak_memory_bytes\":null}}");
    }

    @Test
    void shouldTellWhatThisProcessUses() {
        ProcessUse use = ProcessUse.of(ProcessHandle.current().pid());
        assertThat(use.cpu()).isPositive();
        assertThat(use.since().cpu()).isLessThan(use.cpu().plusSeconds(60));
    }
}
