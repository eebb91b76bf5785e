package org.millrace.topology.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.millrace.topology.Json;

/**
 * What was measured.
 *
 * @param kind what was done
 * @param lines that were measured
 * @param lineLength in bytes, the line's end included
 * @param time of a load, until both stores had all of it; otherwise as long as the rate was held
 * @param others what ran beside them: the stores, and the benchmark itself
 * @param limits what the stores take without us, where that was measured too
 * @param objections what must not be, for people
 */
record Result(
        Kind kind,
        long lines,
        int lineLength,
        Duration time,
        Stored kafka,
        Stored hdfs,
        List<ProcessMeter.Use> agents,
        List<ProcessMeter.Use> collectors,
        List<ProcessMeter.Use> others,
        Optional<Limits> limits,
        List<String> objections) {
    private static final double MEGABYTE = 1e6;

    /** What was done. */
    enum Kind {
        /** All lines at once. */
        LOAD,
        /** So many lines a second. */
        HELD_RATE
    }

    /** What a store has, and how long the measured lines took to get there. */
    record Stored(StoreTally.Counts counts, Latencies latencies) {
        static Stored of(StoreTally tally) {
            return new Stored(tally.counts(), tally.latencies());
        }

        private ObjectNode json() {
            ObjectNode json = Json.object();
            json.set("latency", latencies.json());
            json.set("lines", counts.json());
            return json;
        }
    }

    Result withLimits(Limits measured) {
        return new Result(
                kind,
                lines,
                lineLength,
                time,
                kafka,
                hdfs,
                agents,
                collectors,
                others,
                Optional.of(measured),
                objections);
    }

    private double seconds() {
        return time.toNanos() / 1e9;
    }

    double linesPerSecond() {
        return lines / seconds();
    }

    double megabytesPerSecond() {
        return linesPerSecond() * lineLength / MEGABYTE;
    }

    /** CPU seconds of nodes for a million lines. */
    double cpuPerMillion(List<ProcessMeter.Use> nodes) {
        return cpuSeconds(nodes) * 1e6 / lines;
    }

    private static double cpuSeconds(List<ProcessMeter.Use> nodes) {
        return nodes.stream().mapToDouble(ProcessMeter.Use::cpuSeconds).sum();
    }

    /** For a reader. */
    String text() {
        return Stream.of(
                        Stream.of(head()),
                        Stream.of(
                                "  file to Kafka  " + kafka.latencies().text(),
                                "  file to HDFS   " + hdfs.latencies().text()),
                        agents.stream().flatMap(use -> Stream.of(node("agent", use), trend(use))),
                        collectors.stream().flatMap(use -> Stream.of(node("collector", use), trend(use))),
                        others.stream().map(use -> node("beside", use)),
                        limits.stream().flatMap(limit -> limit.text(linesPerSecond()).stream()),
                        Stream.of(
                                "  Kafka has " + kafka.counts().text(),
                                "  HDFS has " + hdfs.counts().text()),
                        objections.stream().map(objection -> "  MUST NOT BE: " + objection))
                .flatMap(lineStream -> lineStream)
                .collect(Collectors.joining("\n"));
    }

    private String head() {
        if (kind == Kind.HELD_RATE) {
            return String.format(
                    Locale.ROOT, "Held %,.0f lines/s of %,d bytes for %.0f s", linesPerSecond(), lineLength, seconds());
        }
        return String.format(
                Locale.ROOT,
                "%,d lines of %,d bytes in %.2f s until both stores had all: %,.0f lines/s, %.1f MB/s;"
                        + " %.2f CPU-s for a million lines",
                lines,
                lineLength,
                seconds(),
                linesPerSecond(),
                megabytesPerSecond(),
                cpuPerMillion(agents) + cpuPerMillion(collectors));
    }

    private String node(String what, ProcessMeter.Use use) {
        String cpu = kind == Kind.HELD_RATE
                ? String.format(Locale.ROOT, "%.1f %% of a core", 100 * use.cpuSeconds() / seconds())
                : String.format(Locale.ROOT, "%.2f CPU-s for a million lines", cpuPerMillion(List.of(use)));
        return String.format(Locale.ROOT, "  %-9s %-9s  %s; %s", what, use.name(), cpu, use.memory());
    }

    private static String trend(ProcessMeter.Use use) {
        return String.format(Locale.ROOT, "  %-9s %-9s  %s", "", "", use.trend().text());
    }

    /** A JSON object. */
    ObjectNode json() {
        ObjectNode json = Json.object()
                .put("kind", kind.name().toLowerCase(Locale.ROOT))
                .put("processors", Runtime.getRuntime().availableProcessors())
                .put("lines", lines)
                .put("line_bytes", lineLength)
                .put("seconds", Json.rounded(seconds(), 3))
                .put("lines_per_second", Math.round(linesPerSecond()))
                .put("mb_per_second", Json.rounded(megabytesPerSecond(), 2))
                .put("agent_cpu_seconds_per_million_lines", Json.rounded(cpuPerMillion(agents), 3))
                .put("collector_cpu_seconds_per_million_lines", Json.rounded(cpuPerMillion(collectors), 3));
        json.set("kafka", kafka.json());
        json.set("hdfs", hdfs.json());
        add(json.putArray("agents"), agents);
        add(json.putArray("collectors"), collectors);
        add(json.putArray("others"), others);
        json.set("limits", limits.map(limit -> limit.json(linesPerSecond())).orElse(null));
        objections.forEach(json.putArray("objections")::add);
        return json;
    }

    private static void add(ArrayNode array, List<ProcessMeter.Use> processes) {
        processes.forEach(use -> array.add(use.json()));
    }
}
