package org.millrace.topology.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.millrace.topology.StateDirectory;

/** Carries out series, and makes a table and a picture of each. */
final class Growth {
    private final Path directory;
    private final Path pictures;
    private final PrintStream out;
    private final PrintStream chat;

    /**
     * Begins nothing.
     *
     * @param directory where each measurement keeps everything
     * @param pictures where the pictures go
     * @param out gets the tables
     * @param chat is told what goes on
     */
    Growth(Path directory, Path pictures, PrintStream out, PrintStream chat) {
        this.directory = directory;
        this.pictures = pictures;
        this.out = out;
        this.chat = chat;
    }

    /** Measures every point, and returns whether nothing was to be objected to. */
    boolean carryOut(Series series) {
        List<Chart.Bar> bars = new ArrayList<>();
        StringBuilder table = new StringBuilder("""
                | %s | lines/s | MB/s | agent, CPU-s for a million lines | collectors, the same \
                | agent's heap after collections, MiB | a collector's | of a bare producer |
                |---|---|---|---|---|---|---|---|
                """.formatted(series.title()));
        boolean fine = true;
        for (Series.Point point : series.points()) {
            chat.println("Measuring " + point.label());
            Result result = measure(point);
            chat.println(result.text());
            fine &= result.objections().isEmpty();
            table.append(row(point, result));
            bars.add(new Chart.Bar(
                    point.label(),
                    series.value().applyAsDouble(result),
                    result.limits()
                            .map(limits ->
                                    series.value().applyAsDouble(result) / limits.ratio(result.linesPerSecond()))));
        }
        out.println();
        out.println(table);
        draw(series, bars);
        return fine;
    }

    private Result measure(Series.Point point) {
        try (Course course = Course.start(StateDirectory.take(directory), point.setup(), point.load(), false, chat)) {
            return course.load(point.limits());
        }
    }

    private static String row(Series.Point point, Result result) {
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

    private void draw(Series series, List<Chart.Bar> bars) {
        Path picture = pictures.resolve("growth-" + series.name() + ".svg");
        try {
            Files.createDirectories(pictures);
            Files.writeString(picture, new Chart(series.title(), series.unit(), bars).svg());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + picture + ": " + e.getMessage(), e);
        }
        chat.println("Picture: " + picture);
    }
}
