package org.millrace.topology.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.millrace.topology.Json;
import org.millrace.topology.StateDirectory;

/**
 * What a series came to: a table, a picture and JSON of it.
 *
 * @param measured in the order of its points
 */
record Growth(Series series, List<Measured> measured) {
    /** A point and what was measured there. */
    record Measured(Series.Point point, Result result) {
        private String row() {
            return String.format(
                    Locale.ROOT,
                    "| %s | %,.0f | %.1f | %.2f | %.2f | %d | %d | %s |%n",
                    point.label(),
                    result.linesPerSecond(),
                    result.megabytesPerSecond(),
                    result.cpuPerMillion(result.agents()),
                    result.cpuPerMillion(result.collectors()),
                    kept(result.agents()),
                    kept(result.collectors()),
                    result.limits()
                            .map(limits ->
                                    String.format(Locale.ROOT, "%.0f %%", 100 * limits.ratio(result.linesPerSecond())))
                            .orElse("-"));
        }

        private static int kept(List<ProcessMeter.Use> nodes) {
            return nodes.stream()
                    .flatMap(use -> use.heap().stream())
                    .mapToInt(GcLog.Heap::keptMiB)
                    .max()
                    .orElse(0);
        }

        private ObjectNode json() {
            return Json.object().put("point", point.label()).set("result", result.json());
        }
    }

    /**
     * Measures every point of a series.
     *
     * @param directory where each measurement keeps everything
     * @param chat is told what goes on
     */
    static Growth measure(Series series, Path directory, PrintStream chat) {
        List<Measured> measured = new ArrayList<>();
        for (Series.Point point : series.points()) {
            chat.println("Measuring " + point.label());
            try (Course course =
                    Course.start(StateDirectory.take(directory), point.setup(), point.load(), false, chat)) {
                Result result = course.load(point.limits());
                chat.println(result.text());
                measured.add(new Measured(point, result));
            }
        }
        return new Growth(series, measured);
    }

    /** Whether nothing is to be objected to. */
    boolean isFine() {
        return measured.stream().allMatch(each -> each.result().objections().isEmpty());
    }

    /** A table in Markdown. */
    String table() {
        return measured.stream().map(Measured::row).collect(Collectors.joining("", """
                | %s | lines/s | MB/s | agent, CPU-s for a million lines | collectors, the same \
                | agent's heap after collections, MiB | a collector's | of a bare producer |
                |---|---|---|---|---|---|---|---|
                """.formatted(series.title()), ""));
    }

    /** A JSON object. */
    ObjectNode json() {
        ObjectNode json = Json.object().put("series", series.name());
        ArrayNode points = json.putArray("points");
        measured.forEach(each -> points.add(each.json()));
        return json;
    }

    /**
     * Draws a picture.
     *
     * @return where it is, below {@code pictures}
     */
    Path draw(Path pictures) {
        Path picture = pictures.resolve("growth-" + series.name() + ".svg");
        List<Chart.Bar> bars = measured.stream().map(this::bar).toList();
        try {
            Files.createDirectories(pictures);
            Files.writeString(picture, new Chart(series.title(), series.unit(), bars).svg());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + picture + ": " + e.getMessage(), e);
        }
        return picture;
    }

    private Chart.Bar bar(Measured each) {
        Result result = each.result();
        double value = series.value().applyAsDouble(result);
        return new Chart.Bar(
                each.point().label(),
                value,
                result.limits().map(limits -> value / limits.ratio(result.linesPerSecond())));
    }
}
