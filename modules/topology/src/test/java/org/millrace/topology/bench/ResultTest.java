package org.millrace.topology.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.millrace.topology.ProcessUse;

class ResultTest {
    private static final Trend UNKNOWN = Trend.of(List.of(), 1);
    private static final ProcessMeter.Use AGENT = new ProcessMeter.Use(
            "node01",
            new ProcessUse(1, Duration.ofMillis(2340), OptionalLong.of(180L << 20)),
            Optional.of(new GcLog.Heap(3, 33, 8, 12.005, 15.9)),
            new Trend(
                    new Trend.Third(OptionalLong.of(178), OptionalLong.of(7)),
                    new Trend.Third(OptionalLong.of(180), OptionalLong.of(8))),
            Optional.of(new MemoryBound(352)));
    private static final ProcessMeter.Use COLLECTOR = new ProcessMeter.Use(
            "node04",
            new ProcessUse(2, Duration.ofMillis(5670), OptionalLong.empty()),
            Optional.empty(),
            UNKNOWN,
            Optional.empty());
    private static final ProcessMeter.Use KAFKA = new ProcessMeter.Use(
            "Kafka",
            new ProcessUse(3, Duration.ofMillis(1500), OptionalLong.of(400L << 20)),
            Optional.empty(),
            UNKNOWN,
            Optional.empty());

    static Result result(Result.Kind kind, String... objections) {
        Latencies latencies = new Latencies();
        latencies.add(8000);
        Result.Stored stored = new Result.Stored(new StoreTally.Counts(1_200_000, 0, 0, 0, 0, 0), latencies);
        return new Result(
                kind,
                1_000_000,
                169,
                Duration.ofSeconds(8),
                stored,
                stored,
                List.of(AGENT),
                List.of(COLLECTOR),
                List.of(KAFKA),
                Optional.empty(),
                List.of(objections));
    }

    @Test
    void shouldTellWhatALoadCosts() {
        assertThat(result(Result.Kind.LOAD)
                        .withLimits(new Limits(200_000, 1_000_000))
                        .text()
                        .lines())
                .containsExactly(
                        "1,000,000 lines of 169 bytes in 8.00 s until both stores had all: 125,000 lines/s, 21.1 MB/s;"
                                + " 8.01 CPU-s for a million lines",
                        "  file to Kafka  p50 8,000 ms, p99 8,000 ms, max 8,000 ms",
                        "  file to HDFS   p50 8,000 ms, p99 8,000 ms, max 8,000 ms",
                        "  agent     node01     2.34 CPU-s for a million lines; heap 33 MiB at most, 8 MiB after"
                                + " collections, 3 pauses of 16 ms in all and 12 ms at most, resident 180 MiB at most of 352 allowed",
                        "                       first and last third: resident 178 and 180 MiB, least heap after"
                                + " collections 7 and 8 MiB",
                        "  collector node04     5.67 CPU-s for a million lines; resident unknown",
                        "                       first and last third: resident ? and ? MiB, least heap after"
                                + " collections ? and ? MiB",
                        "  beside    Kafka      1.50 CPU-s for a million lines; resident 400 MiB at most",
                        "  bare producer       200,000 lines/s; Millrace has 63 % of that",
                        "  bare HDFS writer  1,000,000 lines/s; Millrace has 13 % of that",
                        "  Kafka has 1,200,000 lines of 1,200,000, 0 of them twice",
                        "  HDFS has 1,200,000 lines of 1,200,000, 0 of them twice");
    }

    @Test
    void shouldTellTheShareOfACoreThatAHeldRateTakes() {
        assertThat(result(Result.Kind.HELD_RATE, "Kafka has 1 lines missing").text())
                .startsWith("Held 125,000 lines/s of 169 bytes for 8 s\n")
                .contains("agent     node01     29.3 % of a core;", "collector node04     70.9 % of a core;")
                .endsWith("MUST NOT BE: Kafka has 1 lines missing");
    }

    @Test
    void shouldBeJsonInOneLine() {
        assertThat(result(Result.Kind.LOAD, "say \"no\"")
                        .withLimits(new Limits(200_000, 1_000_000))
                        .json()
                        .toString())
                .hasLineCount(1)
                .startsWith("{\"kind\":\"load\",\"processors\":")
                .contains("\"lines_per_second\":125000,\"mb_per_second\":21.13,")
                .contains("\"agent_cpu_seconds_per_million_lines\":2.340,")
                .contains(
                        "\"kafka\":{\"latency\":{\"p50_ms\":8000,\"p99_ms\":8000,\"max_ms\":8000},"
                                + "\"lines\":{\"fed\":1200000,\"missing\":0,\"duplicated\":0,\"out_of_order\":0,\"foreign\":0,\"late\":0}}")
                .contains("\"agents\":[{\"process\":\"node01\",\"cpu_seconds\":2.34,\"peak_resident_bytes\":188743680,"
                        + "\"resident_bound_mib\":352,\"rss_mib_early\":178,\"rss_mib_late\":180,"
                        + "\"heap_after_gc_mib_early\":7,\"heap_after_gc_mib_late\":8,")
                .contains("\"heap\":{\"peak_mib\":33,\"kept_mib\":8,\"collections\":3,")
                .contains("\"peak_resident_bytes\":null,\"resident_bound_mib\":null,\"rss_mib_early\":null,")
                .contains("\"heap_after_gc_mib_late\":null,\"heap\":null}")
                .contains("\"producer_ratio\":0.625,")
                .endsWith("\"objections\":[\"say \\\"no\\\"\"]}");
    }

    @Test
    void shouldObjectToAProcessAboveItsBound() {
        assertThat(AGENT.objection()).isEmpty();
        assertThat(COLLECTOR.objection()).isEmpty();
        ProcessMeter.Use above = new ProcessMeter.Use(
                AGENT.name(), AGENT.process(), AGENT.heap(), AGENT.trend(), Optional.of(new MemoryBound(179)));
        assertThat(above.objection()).hasValue("node01 had 180 MiB resident, and its bound is 179 MiB");
    }

    @Test
    void shouldTellWhatThisProcessUses() {
        assertThat(ProcessUse.resident(ProcessHandle.current().pid())).isNotEmpty();
        ProcessUse use = ProcessUse.of(ProcessHandle.current().pid());
        assertThat(use.cpu()).isPositive();
        assertThat(use.since().cpu()).isLessThan(use.cpu().plusSeconds(60));
    }
}
