package org.millrace.topology;

import java.time.Duration;
import java.util.Locale;

/**
 * What sending a file through took.
 *
 * @param lines of the file
 * @param bytes of the file
 * @param kafka until Kafka had all of it
 * @param hdfs until HDFS had all of it
 */
record BenchResult(long lines, long bytes, Duration kafka, Duration hdfs, ProcessUse agent, ProcessUse collector) {
    private static final double MEBIBYTE = 1 << 20;

    /** Until both stores had all of it. */
    Duration time() {
        return kafka.compareTo(hdfs) > 0 ? kafka : hdfs;
    }

    /** Until both stores had all of it, per second. */
    long linesPerSecond() {
        return Math.round(lines / seconds(time()));
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    /** One line for a reader. */
    String text() {
        return String.format(
                Locale.ROOT,
                "%,d lines in %.2f s: %,d lines/s (Kafka %.2f s, HDFS %.2f s);"
                        + " agent %.2f CPU-s, %s; collector %.2f CPU-s, %s",
                lines,
                seconds(time()),
                linesPerSecond(),
                seconds(kafka),
                seconds(hdfs),
                seconds(agent.cpu()),
                peakText(agent),
                seconds(collector.cpu()),
                peakText(collector));
    }

    private static String peakText(ProcessUse use) {
        return use.peakBytes().isPresent()
                ? String.format(Locale.ROOT, "peak %.0f MiB", use.peakBytes().getAsLong() / MEBIBYTE)
                : "peak unknown";
    }

    /** A JSON object in one line; a peak is null where the system does not tell it. */
    String json() {
        return String.format(
                Locale.ROOT,
                "{\"lines\":%d,\"bytes\":%d,\"seconds\":%.3f,\"lines_per_second\":%d,"
                        + "\"kafka_seconds\":%.3f,\"hdfs_seconds\":%.3f,\"agent\":%s,\"collector\":%s}",
                lines,
                bytes,
                seconds(time()),
                linesPerSecond(),
                seconds(kafka),
                seconds(hdfs),
                json(agent),
                json(collector));
    }

    private static String json(ProcessUse use) {
        String peak =
                use.peakBytes().isPresent() ? Long.toString(use.peakBytes().getAsLong()) : "null";
        return String.format(Locale.ROOT, "{\"cpu_seconds\":%.2f,\"peak_memory_bytes\":%s}", seconds(use.cpu()), peak);
    }
}
