package org.millrace.topology.bench;

import java.util.Locale;
import java.util.Optional;
import org.millrace.topology.Node;
import org.millrace.topology.ProcessUse;

/** Measures what a process uses from now on. Not thread-safe. */
final class ProcessMeter {
    private static final double MEBIBYTE = 1 << 20;

    private final String name;
    private final ProcessUse before;
    private final Optional<GcLog> collections;

    private ProcessMeter(String name, long pid, Optional<GcLog> collections) {
        this.name = name;
        this.before = ProcessUse.of(pid);
        this.collections = collections;
    }

    /** Of a node, whose JVM tells of its collections. */
    static ProcessMeter of(Node node) {
        return new ProcessMeter(node.name(), node.pid(), Optional.of(new GcLog(node.log())));
    }

    /** Of any process. */
    static ProcessMeter of(String name, long pid) {
        return new ProcessMeter(name, pid, Optional.empty());
    }

    Use use() {
        return new Use(name, before.since(), collections.map(GcLog::heap));
    }

    /**
     * What a process used.
     *
     * @param process CPU time of the while, and peak memory of its life
     * @param heap where its JVM tells of its collections
     */
    record Use(String name, ProcessUse process, Optional<GcLog.Heap> heap) {
        double cpuSeconds() {
            return process.cpu().toNanos() / 1e9;
        }

        /** Its memory, for a reader. */
        String memory() {
            String resident = process.peakBytes().isPresent()
                    ? String.format(
                            Locale.ROOT,
                            "resident %.0f MiB at most",
                            process.peakBytes().getAsLong() / MEBIBYTE)
                    : "resident unknown";
            return heap.map(told -> told.text() + ", ").orElse("") + resident;
        }

        /** A JSON object; a peak is null where the system does not tell it, a heap where the JVM does not. */
        String json() {
            return String.format(
                    Locale.ROOT,
                    "{\"process\":\"%s\",\"cpu_seconds\":%.2f,\"peak_resident_bytes\":%s,\"heap\":%s}",
                    name,
                    cpuSeconds(),
                    process.peakBytes().isPresent() ? process.peakBytes().getAsLong() : "null",
                    heap.map(GcLog.Heap::json).orElse("null"));
        }
    }
}
