package org.millrace.topology.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.millrace.topology.Json;
import org.millrace.topology.Node;
import org.millrace.topology.ProcessUse;

/** Measures what a process uses from now on. Not thread-safe. */
final class ProcessMeter {
    private static final double MEBIBYTE = 1 << 20;

    private final String name;
    private final ProcessUse before;
    private final Optional<GcLog> collections;
    private final Optional<MemoryBound> bound;
    private final List<Trend.Sample> samples = new ArrayList<>();

    private ProcessMeter(String name, long pid, Optional<GcLog> collections, Optional<MemoryBound> bound) {
        this.name = name;
        this.before = ProcessUse.of(pid);
        this.collections = collections;
        this.bound = bound;
    }

    /** Of a node, whose JVM tells of its collections. */
    static ProcessMeter of(Node node, Optional<MemoryBound> bound) {
        return new ProcessMeter(node.name(), node.pid(), Optional.of(new GcLog(node.log())), bound);
    }

    /** Of any process. */
    static ProcessMeter of(String name, long pid) {
        return new ProcessMeter(name, pid, Optional.empty(), Optional.empty());
    }

    /**
     * Looks at its memory.
     *
     * @param nanos since the while began
     */
    void sample(long nanos) {
        OptionalLong kept = collections.map(GcLog::leastKeptMiB).orElse(OptionalLong.empty());
        samples.add(new Trend.Sample(nanos, ProcessUse.resident(before.pid()), kept));
    }

    /** Of the while, which took so many nanoseconds. */
    Use use(long nanos) {
        return new Use(name, before.since(), collections.map(GcLog::heap), Trend.of(samples, nanos), bound);
    }

    /**
     * What a process used.
     *
     * @param process CPU time of the while, and peak memory of its life
     * @param heap where its JVM tells of its collections
     * @param trend of its memory
     * @param bound of its memory, where it has one
     */
    record Use(String name, ProcessUse process, Optional<GcLog.Heap> heap, Trend trend, Optional<MemoryBound> bound) {
        double cpuSeconds() {
            return process.cpu().toNanos() / 1e9;
        }

        /** What is wrong with its memory, for people. */
        Optional<String> objection() {
            return process.peakBytes().isPresent()
                    ? bound.flatMap(
                            most -> most.objection(name, process.peakBytes().getAsLong()))
                    : Optional.empty();
        }

        /** Its memory, for a reader. */
        String memory() {
            String resident = process.peakBytes().isPresent()
                    ? String.format(
                            Locale.ROOT,
                            "resident %.0f MiB at most",
                            process.peakBytes().getAsLong() / MEBIBYTE)
                    : "resident unknown";
            return heap.map(told -> told.text() + ", ").orElse("")
                    + resident
                    + bound.map(most -> " of " + most.mebibytes() + " allowed").orElse("");
        }

        /** A JSON object; null is what the system or the JVM does not tell, and a bound that there is not. */
        ObjectNode json() {
            ObjectNode json = Json.object()
                    .put("process", name)
                    .put("cpu_seconds", Json.rounded(cpuSeconds(), 2))
                    .put("peak_resident_bytes", Json.orNull(process.peakBytes()))
                    .put("resident_bound_mib", bound.map(MemoryBound::mebibytes).orElse(null));
            trend.addTo(json);
            return json.set("heap", heap.map(GcLog.Heap::json).orElse(null));
        }
    }
}
