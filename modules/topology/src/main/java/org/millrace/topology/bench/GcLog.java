package org.millrace.topology.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.millrace.topology.Json;
import org.millrace.topology.LogFollower;

/**
 * Follows what a JVM tells of its collections, wherever it stands in a log; {@code -Xlog:gc} makes it
 * tell. Not thread-safe.
 */
final class GcLog {
    /** What makes a JVM tell. */
    static final String OPTION = "-Xlog:gc";

    private static final Pattern PAUSE =
            Pattern.compile("\\bGC\\(\\d+\\) Pause .* (\\d+)M->(\\d+)M\\(\\d+M\\) ([\\d.]+)ms");

    private final LogFollower follower;
    private Heap heap = Heap.NOTHING;
    private OptionalLong leastKeptMiB = OptionalLong.empty();

    /**
     * The collections of a while.
     *
     * @param peakMiB the most that was in use when one began
     * @param keptMiB the most that one left
     * @param longestMillis the longest pause
     * @param pausedMillis all pauses together
     */
    record Heap(int collections, int peakMiB, int keptMiB, double longestMillis, double pausedMillis) {
        static final Heap NOTHING = new Heap(0, 0, 0, 0, 0);

        /** With one more collection. */
        Heap with(int before, int after, double millis) {
            return new Heap(
                    collections + 1,
                    Math.max(peakMiB, before),
                    Math.max(keptMiB, after),
                    Math.max(longestMillis, millis),
                    pausedMillis + millis);
        }

        String text() {
            return String.format(
                    Locale.ROOT,
                    "heap %d MiB at most, %d MiB after collections, %d pauses of %.0f ms in all and %.0f ms at most",
                    peakMiB,
                    keptMiB,
                    collections,
                    pausedMillis,
                    longestMillis);
        }

        /** A JSON object. */
        /** A JSON object. */
        ObjectNode json() {
            return Json.object()
                    .put("peak_mib", peakMiB)
                    .put("kept_mib", keptMiB)
                    .put("collections", collections)
                    .put("paused_ms", Json.rounded(pausedMillis, 1))
                    .put("longest_pause_ms", Json.rounded(longestMillis, 1));
        }
    }

    GcLog(Path log) {
        this.follower = new LogFollower(log);
        follower.read(line -> {});
    }

    /** What was told since this was made. */
    Heap heap() {
        follower.read(this::take);
        return heap;
    }

    /** The least that a collection left, in MiB, since this was last asked; nothing where there was none. */
    OptionalLong leastKeptMiB() {
        follower.read(this::take);
        OptionalLong least = leastKeptMiB;
        leastKeptMiB = OptionalLong.empty();
        return least;
    }

    private void take(String line) {
        Matcher pause = PAUSE.matcher(line);
        if (pause.find()) {
            int kept = Integer.parseInt(pause.group(2));
            heap = heap.with(Integer.parseInt(pause.group(1)), kept, Double.parseDouble(pause.group(3)));
            leastKeptMiB = OptionalLong.of(Math.min(kept, leastKeptMiB.orElse(kept)));
        }
    }
}
