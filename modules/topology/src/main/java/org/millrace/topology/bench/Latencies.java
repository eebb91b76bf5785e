package org.millrace.topology.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Locale;
import org.millrace.topology.Json;

/** How long each of many things took, to the millisecond. Not thread-safe. */
final class Latencies {
    /** One that took longer counts as this. */
    private static final int LONGEST = 3_600_000;

    private long[] counts = new long[1024];
    private long total;
    private int max;

    void add(long millis) {
        int at = (int) Math.max(0, Math.min(LONGEST, millis));
        if (at >= counts.length) {
            counts = Arrays.copyOf(counts, Math.max(at + 1, 2 * counts.length));
        }
        counts[at]++;
        total++;
        max = Math.max(max, at);
    }

    /** What so many percent did not exceed, in milliseconds; 0 of none. */
    long percentile(double percent) {
        long rank = (long) Math.ceil(total * percent / 100);
        long below = 0;
        for (int millis = 0; millis < counts.length; millis++) {
            below += counts[millis];
            if (below >= rank) {
                return millis;
            }
        }
        return max;
    }

    /** How many there were. */
    long count() {
        return total;
    }

    long max() {
        return max;
    }

    /** For a reader, in milliseconds. */
    String text() {
        return String.format(Locale.ROOT, "p50 %,d ms, p99 %,d ms, max %,d ms", percentile(50), percentile(99), max);
    }

    /** A JSON object. */
    ObjectNode json() {
        return Json.object()
                .put("p50_ms", percentile(50))
                .put("p99_ms", percentile(99))
                .put("max_ms", max);
    }
}
