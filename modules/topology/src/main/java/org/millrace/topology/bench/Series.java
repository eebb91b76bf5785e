package org.millrace.topology.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.millrace.topology.feed.FedLine;

/**
 * Measurements that differ in one thing.
 *
 * @param title what differs
 * @param unit in which they are drawn
 * @param value what is drawn of each
 */
record Series(String name, String title, String unit, ToDoubleFunction<Result> value, List<Point> points) {
    private static final String LINES = "lines/s";
    private static final int MANY_LANES = 8;
    private static final int FEW_LINES = 10;
    private static final int HEADERS = 10;

    /**
     * One measurement.
     *
     * @param limits whether the stores are measured alone too
     */
    record Point(String label, Setup setup, Load load, boolean limits) {}

    /**
     * All there are.
     *
     * @param setup of each, where it is not what differs
     * @param lines of {@link FedLine#USUAL_LENGTH} that each sends, or as many bytes of others
     */
    static List<Series> all(Setup setup, int lines) {
        return List.of(lanes(setup, lines), collectors(setup, lines), sizes(setup, lines), kinds(setup, lines));
    }

    private static Series lanes(Setup setup, int lines) {
        List<Point> points = new ArrayList<>();
        for (int lanes : new int[] {1, 10, 50}) {
            points.add(new Point(counted(lanes, "lane"), setup, lanes(lanes, lines), true));
        }
        return new Series("lanes", "Lanes of one agent into one collector", LINES, Result::linesPerSecond, points);
    }

    private static Series collectors(Setup setup, int lines) {
        List<Point> points = new ArrayList<>();
        for (int collectors : new int[] {1, 2, 4}) {
            points.add(new Point(
                    counted(collectors, "collector"),
                    setup.withCollectors(collectors),
                    lanes(MANY_LANES, lines),
                    false));
        }
        return new Series(
                "collectors",
                "Collectors in one tier, for " + MANY_LANES + " lanes of one agent",
                LINES,
                Result::linesPerSecond,
                points);
    }

    private static Load lanes(int lanes, int lines) {
        return new Load(lanes, 1, lines / lanes, FedLine.USUAL_LENGTH);
    }

    private static String counted(int count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    private static Series sizes(Setup setup, int lines) {
        return new Series(
                "sizes",
                "Sizes of events",
                "MB/s",
                Result::megabytesPerSecond,
                List.of(
                        size("100 B", 100, setup, lines),
                        size("1 KiB", 1 << 10, setup, lines),
                        size("100 KiB", 100 << 10, setup, lines)));
    }

    private static Point size(String label, int bytes, Setup setup, int lines) {
        return new Point(
                label,
                setup.withWarmUp(sameBytes(setup.warmUp(), bytes)),
                Load.oneFile(sameBytes(lines, bytes), bytes),
                true);
    }

    private static int sameBytes(int lines, int lineBytes) {
        return Math.toIntExact((long) lines * FedLine.USUAL_LENGTH / lineBytes);
    }

    private static Series kinds(Setup setup, int lines) {
        Load plain = Load.oneFile(lines, FedLine.USUAL_LENGTH);
        Load files = new Load(1, lines / FEW_LINES, FEW_LINES, FedLine.USUAL_LENGTH);
        return new Series(
                "kinds",
                "One file, many files, many headers",
                LINES,
                Result::linesPerSecond,
                List.of(
                        new Point("one file", setup, plain, true),
                        new Point(
                                String.format(Locale.ROOT, "%,d files of %d lines", files.files(), FEW_LINES),
                                setup.withWarmUp(setup.warmUp() / FEW_LINES),
                                files,
                                false),
                        new Point("ten headers that all share", setup.withAgentSettings(sharedHeaders()), plain, false),
                        new Point("ten headers of each its own", setup.withAgentSettings(ownHeaders()), plain, false)));
    }

    private static String sharedHeaders() {
        return IntStream.rangeClosed(1, HEADERS)
                .mapToObj(i -> "{ type = static, key = header-%d, value = \"the value of header %d\" }".formatted(i, i))
                .collect(Collectors.joining(", ", "millrace.agent.sources.weblogs.interceptors = [", "]"));
    }

    /** Each digit of a line's number. */
    private static String ownHeaders() {
        return IntStream.rangeClosed(1, HEADERS)
                .mapToObj("{ name = header-%d }"::formatted)
                .collect(Collectors.joining(
                        ", ",
                        "millrace.agent.sources.weblogs.interceptors = [ { type = regex-extractor, regex = \"^\\\\S+ "
                                + "(\\\\d)".repeat(HEADERS)
                                + "\", serializers = [",
                        "] } ]"));
    }
}
