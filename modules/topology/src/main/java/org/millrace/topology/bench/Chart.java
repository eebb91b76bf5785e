package org.millrace.topology.bench;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.DoubleStream;

/**
 * A picture of measurements: a bar for each, and a pale one behind it where there is a limit.
 *
 * @param unit of the values
 */
record Chart(String title, String unit, List<Bar> bars) {
    private static final int LABELS = 230;
    private static final int LONGEST = 420;
    private static final int VALUES = 110;
    private static final int ROW = 30;
    private static final int HEAD = 64;

    /**
     * A measurement.
     *
     * @param limit what a bare producer has, in the same unit
     */
    record Bar(String label, double value, Optional<Double> limit) {}

    /** As an SVG file. */
    String svg() {
        int width = LABELS + LONGEST + VALUES;
        int height = HEAD + ROW * bars.size();
        StringBuilder svg = new StringBuilder();
        svg.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                        + " font-family=\"sans-serif\" font-size=\"13\">%n"
                        + "<rect width=\"%d\" height=\"%d\" fill=\"white\"/>%n"
                        + "<text x=\"10\" y=\"22\" font-size=\"15\" font-weight=\"bold\">%s</text>%n"
                        + "<text x=\"10\" y=\"44\" fill=\"#555\">%s</text>%n",
                width,
                height,
                width,
                height,
                width,
                height,
                text(title),
                text(legend())));
        double most = bars.stream()
                .flatMapToDouble(bar -> DoubleStream.of(bar.value(), bar.limit().orElse(0.0)))
                .max()
                .orElse(1);
        for (int i = 0; i < bars.size(); i++) {
            row(svg, bars.get(i), HEAD + ROW * i, LONGEST / most);
        }
        return svg.append("</svg>\n").toString();
    }

    private String legend() {
        boolean limits = bars.stream().anyMatch(bar -> bar.limit().isPresent());
        return limits ? unit + "; pale: a bare Kafka producer of the same lines" : unit;
    }

    private static void row(StringBuilder svg, Bar bar, int top, double scale) {
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>%n",
                LABELS - 8,
                top + 14,
                text(bar.label())));
        bar.limit().ifPresent(limit -> rectangle(svg, top, scale * limit, "#cfd8dc"));
        rectangle(svg, top, scale * bar.value(), "#1b6ca8");
        double longest = scale * Math.max(bar.value(), bar.limit().orElse(0.0));
        svg.append(String.format(
                Locale.ROOT, "<text x=\"%.0f\" y=\"%d\">%s</text>%n", LABELS + longest + 8, top + 14, value(bar)));
    }

    private static String value(Bar bar) {
        return bar.value() < 1000
                ? String.format(Locale.ROOT, "%.1f", bar.value())
                : String.format(Locale.ROOT, "%,.0f", bar.value());
    }

    private static void rectangle(StringBuilder svg, int top, double length, String colour) {
        svg.append(String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"20\" fill=\"%s\"/>%n",
                LABELS,
                top,
                length,
                colour));
    }

    private static String text(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }
}
