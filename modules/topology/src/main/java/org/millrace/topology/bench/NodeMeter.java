package org.millrace.topology.bench;

import java.util.Locale;
import org.millrace.topology.Node;
import org.millrace.topology.ProcessUse;

/** Measures what a node uses from now on. Not thread-safe. */
final class NodeMeter {
    private static final double MEBIBYTE = 1 << 20;

    private final Node node;
    private final ProcessUse before;
    private final GcLog collections;

    NodeMeter(Node node) {
        this.node = node;
        this.before = ProcessUse.of(node.pid());
        this.collections = new GcLog(node.log());
    }

    Use use() {
        return new Use(node.name(), before.since(), collections.heap());
    }

    /**
     * What a node used.
     *
     * @param process CPU time of the while, and peak memory of its life
     */
    record Use(String node, ProcessUse process, GcLog.Heap heap) {
        double cpuSeconds() {
            return process.cpu().toNanos() / 1e9;
        }

        /** Its memory, for a reader. */
        String memory() {
            return heap.text()
                    + process.peakBytes().stream()
                            .mapToObj(bytes ->
                                    String.format(Locale.ROOT, ", resident %.0f MiB at most", bytes / MEBIBYTE))
                            .findFirst()
                            .orElse("");
        }

        /** A JSON object; a peak is null where the system does not tell it. */
        String json() {
            return String.format(
                    Locale.ROOT,
                    "{\"node\":\"%s\",\"cpu_seconds\":%.2f,\"peak_resident_bytes\":%s,\"heap_peak_mib\":%d,"
                            + "\"heap_kept_mib\":%d,\"collections\":%d,\"longest_pause_ms\":%.1f}",
                    node,
                    cpuSeconds(),
                    process.peakBytes().isPresent() ? process.peakBytes().getAsLong() : "null",
                    heap.peakMiB(),
                    heap.keptMiB(),
                    heap.collections(),
                    heap.longestMillis());
        }
    }
}
