package org.millrace.topology.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import org.millrace.topology.Json;

/**
 * What the stores take of the same lines from a program that does nothing else, with the settings of the
 * collector's sinks.
 *
 * @param producer lines a second of a bare producer
 * @param writer lines a second of a bare writer of HDFS
 */
record Limits(double producer, double writer) {
    /** Which part of what a bare producer does. */
    double ratio(double linesPerSecond) {
        return linesPerSecond / producer;
    }

    /** For a reader, with our part of each. */
    List<String> text(double linesPerSecond) {
        return List.of(
                String.format(
                        Locale.ROOT,
                        "  bare producer     %,9.0f lines/s; Millrace has %.0f %% of that",
                        producer,
                        100 * ratio(linesPerSecond)),
                String.format(
                        Locale.ROOT,
                        "  bare HDFS writer  %,9.0f lines/s; Millrace has %.0f %% of that",
                        writer,
                        100 * linesPerSecond / writer));
    }

    /** A JSON object. */
    ObjectNode json(double linesPerSecond) {
        return Json.object()
                .put("producer_lines_per_second", Math.round(producer))
                .put("producer_ratio", Json.rounded(ratio(linesPerSecond), 3))
                .put("writer_lines_per_second", Math.round(writer))
                .put("writer_ratio", Json.rounded(linesPerSecond / writer, 3));
    }
}
