package org.millrace.topology.bench;

import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.millrace.topology.LogFollower;

/**
 * Follows what a JVM tells of its collections, wherever it stands in a log; {@code -Xlog:gc} makes it
 * tell. Not thread-safe.
 */
final class GcLog {
    /** What makes a JVM tell. */
    static final String OPTION = "-Xlog:gc";

    private static final Pattern PAUSE =
            Pattern.compile("\\bGC\\(\\d+\\) Pause .* (\\d+)M->(\\d+)M\\((\\d+)M\\) ([\\d.]+)ms");

    private final LogFollower follower;
    private Heap heap = Heap.NOTHING;

    /**
     * The collections of a while.
     *
     * @param peakMiB the most that was in use when one began
     * @param keptMiB the most that one left
     * @param longestMillis the longest pause
     */
    record Heap(int collections, int peakMiB, int keptMiB, double longestMillis) {
        static final Heap NOTHING = new Heap(0, 0, 0, 0);

        /** With one more line of the log. */
        Heap with(String line) {
            Matcher pause = PAUSE.matcher(line);
            return pause.find()
                    ? new Heap(
                            collections + 1,
                            Math.max(peakMiB, Integer.parseInt(pause.group(1))),
                            Math.max(keptMiB, Integer.parseInt(pause.group(2))),
                            Math.max(longestMillis, Double.parseDouble(pause.group(4))))
                    : this;
        }

        String text() {
            return String.format(
                    Locale.ROOT,
                    "heap %d MiB at most, %d MiB after collections, longest of %d pauses %.0f ms",
                    peakMiB,
                    keptMiB,
                    collections,
                    longestMillis);
        }
    }

    GcLog(Path log) {
        this.follower = new LogFollower(log);
        follower.read(line -> {});
    }

    /** What was told since this was made. */
    Heap heap() {
        follower.read(line -> heap = heap.with(line));
        return heap;
    }
}
