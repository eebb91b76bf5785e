package org.millrace.topology;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Writes web logs in Apache's combined format, of about 170 bytes a line. The same start gives the same
 * log; no two lines of a log are equal.
 */
final class SampleLog {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss xx", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final List<String> PAGES =
            List.of("/", "/catalogue", "/item", "/cart", "/checkout", "/search", "/account", "/static/site.css");
    private static final List<Integer> STATUSES = List.of(200, 200, 200, 200, 200, 304, 302, 404, 500);
    private static final List<String> BROWSERS = List.of(
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Firefox/128.0",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Gecko/115.0",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) Mobile/15E148",
            "examplebot/2.1 (+https://bot.example/about)");
    private static final int LINES_A_SECOND = 100;

    private SampleLog() {}

    /**
     * Writes a log.
     *
     * @param start the time of its first line; each second has a hundred
     */
    static void write(Path file, long lines, Instant start) {
        SplittableRandom random = new SplittableRandom(start.getEpochSecond());
        try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.US_ASCII)) {
            for (long number = 0; number < lines; number++) {
                out.write(line(number, start.plusSeconds(number / LINES_A_SECOND), random));
                out.write('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    private static String line(long number, Instant time, SplittableRandom random) {
        return String.format(
                Locale.ROOT,
                "10.%d.%d.%d - - [%s] \"GET %s?r=%08d HTTP/1.1\" %d %d \"https://shop.example%s\" \"%s\"",
                random.nextInt(256),
                random.nextInt(256),
                1 + random.nextInt(254),
                TIME.format(time),
                any(PAGES, random),
                number,
                any(STATUSES, random),
                random.nextInt(100, 100_000),
                any(PAGES, random),
                any(BROWSERS, random));
    }

    private static <T> T any(List<T> all, SplittableRandom random) {
        return all.get(random.nextInt(all.size()));
    }
}
