package org.millrace.check;

import com.typesafe.config.ConfigUtil;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a {@code reference.conf} as the people who keep it write it: a comment above each key, one key a
 * line, keys without a default as comments of the form {@code # key = example}.
 */
final class ReferenceText {
    /**
     * A key or a section.
     *
     * @param path its full name
     * @param value what the file gives it; an example where it has no default; empty for a section
     */
    record Entry(Kind kind, String path, String value, List<String> comment) {}

    enum Kind {
        SECTION,
        DEFAULT,
        NO_DEFAULT
    }

    private static final Pattern NO_DEFAULT = Pattern.compile("# ([a-z][a-z0-9-]*) =(.*)");
    private static final Pattern KEY = Pattern.compile("([^={\\s]+|\"[^\"]+\")\\s*(=|\\{)\\s*(.*)");

    private final List<String> introduction = new ArrayList<>();
    private final List<Entry> entries = new ArrayList<>();
    private final Deque<String> path = new ArrayDeque<>();
    private List<String> comment = new ArrayList<>();

    ReferenceText(String text) {
        text.lines().map(String::strip).forEach(this::line);
        introduction.addAll(path.isEmpty() ? comment : List.of());
    }

    /** The comment at the top of the file, which belongs to no key. */
    List<String> introduction() {
        return introduction;
    }

    List<Entry> entries() {
        return entries;
    }

    private void line(String line) {
        Matcher noDefault = NO_DEFAULT.matcher(line);
        if (line.isEmpty()) {
            introduction.addAll(entries.isEmpty() && path.isEmpty() ? comment : List.of());
            comment = new ArrayList<>();
        } else if (noDefault.matches()) {
            add(Kind.NO_DEFAULT, noDefault.group(1), noDefault.group(2).strip());
        } else if (line.startsWith("#")) {
            comment.add(line.substring(Math.min(2, line.length())));
        } else if (line.equals("}")) {
            path.pop();
        } else {
            key(line);
        }
    }

    private void key(String line) {
        Matcher key = KEY.matcher(line);
        if (!key.matches()) {
            throw new IllegalArgumentException("neither a comment nor a key on its own line: " + line);
        }
        if (key.group(2).equals("=")) {
            add(Kind.DEFAULT, key.group(1), key.group(3));
        } else if (key.group(3).equals("}")) {
            add(Kind.DEFAULT, key.group(1), "{}");
        } else if (key.group(3).isEmpty()) {
            add(Kind.SECTION, key.group(1), "");
            path.push(full(key.group(1)));
        } else {
            throw new IllegalArgumentException("a section on one line: " + line);
        }
    }

    private void add(Kind kind, String key, String value) {
        entries.add(new Entry(kind, full(key), value, comment));
        comment = new ArrayList<>();
    }

    private String full(String key) {
        String quoted = key.startsWith("\"") ? ConfigUtil.quoteString(key.substring(1, key.length() - 1)) : key;
        return path.isEmpty() ? quoted : path.peek() + "." + quoted;
    }
}
