package org.millrace.flume;

import com.typesafe.config.ConfigUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Writes HOCON for people to keep, and remembers for each line which property it comes from. */
final class HoconText {
    private static final int WIDTH = 100;

    /** One line of text and where its reason stands; empty for what nobody wrote. */
    record Line(String text, String where) {}

    private final List<Line> lines = new ArrayList<>();
    private int depth;

    /** A text as a value. */
    static String quoted(String text) {
        return ConfigUtil.quoteString(text);
    }

    /** Texts as a list. */
    static String quoted(List<String> texts) {
        return texts.stream().map(ConfigUtil::quoteString).collect(Collectors.joining(", ", "[", "]"));
    }

    /** A comment, on as many lines as it needs. */
    void comment(String text) {
        StringBuilder line = new StringBuilder("#");
        for (String word : Blanks.visible(text).split(" ", -1)) {
            if (line.length() > 1 && 2 * depth + line.length() + word.length() >= WIDTH) {
                line(line.toString(), "");
                line.setLength(1);
            }
            line.append(' ').append(word);
        }
        line(line.toString(), "");
    }

    /** Begins a section, apart from what stands before it. */
    void open(String key, String where) {
        if (!lines.isEmpty() && lines.get(lines.size() - 1).text().endsWith("}")) {
            lines.add(new Line("", ""));
        }
        begin(ConfigUtil.joinPath(key) + " {", where);
    }

    void close() {
        end("}");
    }

    /** A line that opens a brace or bracket. */
    void begin(String text, String where) {
        line(text, where);
        depth++;
    }

    /** A line that closes it. */
    void end(String text) {
        depth--;
        line(text, "");
    }

    /** {@code key = value}; the value is HOCON already. */
    void put(String key, String value, String where) {
        line(ConfigUtil.joinPath(key) + " = " + value, where);
    }

    /** A line as it is. */
    void line(String text, String where) {
        lines.add(new Line(text.isEmpty() ? "" : "  ".repeat(depth) + text, where));
    }

    /** All lines of a part that was written for itself, here. */
    void add(HoconText part) {
        part.lines.forEach(line -> line(line.text(), line.where()));
    }

    List<Line> lines() {
        return List.copyOf(lines);
    }
}
