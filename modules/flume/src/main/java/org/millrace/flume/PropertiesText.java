package org.millrace.flume;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads the text of a properties file by the rules of {@link java.util.Properties}: escapes, {@code =},
 * {@code :} or a blank behind the key, lines that go on behind a backslash. Kinder than that class where
 * a person reads the line otherwise than it does: a comment behind a value is none of the value (write
 * {@code \#} for a number sign behind a blank), and no-break spaces are blanks. Each such line is noticed.
 */
final class PropertiesText {
    private static final String COMMENT =
            "a properties file has no comments behind values, and Flume would take it for a part of the value; a number"
                    + " sign is written \\#";
    private static final String ODD_BLANKS =
            "no-break spaces look like blanks, and Flume would take them for a part of it";

    private final String file;
    private final List<String> lines;
    private final Findings findings;
    private final List<Property> properties = new ArrayList<>();

    private PropertiesText(String file, String text, Findings findings) {
        this.file = file;
        this.lines = text.lines().toList();
        this.findings = findings;
    }

    /** All properties, in order; a key that is written twice comes twice. */
    static List<Property> parse(String file, String text, Findings findings) {
        PropertiesText reader = new PropertiesText(file, text, findings);
        reader.parse();
        return reader.properties;
    }

    private void parse() {
        int next = 0;
        while (next < lines.size()) {
            int first = next;
            StringBuilder logical = new StringBuilder(withoutLeadingBlanks(lines.get(next++)));
            if (logical.isEmpty() || logical.charAt(0) == '#' || logical.charAt(0) == '!') {
                continue;
            }
            boolean goesOn = endsWithOddBackslashes(logical);
            while (goesOn) {
                logical.setLength(logical.length() - 1);
                goesOn = false;
                if (next < lines.size()) {
                    logical.append(withoutLeadingBlanks(lines.get(next++)));
                    goesOn = endsWithOddBackslashes(logical);
                }
            }
            property(logical.toString(), first + 1, next - first);
        }
    }

    private static String withoutLeadingBlanks(String line) {
        int start = 0;
        while (start < line.length() && Blanks.isBlank(line.charAt(start))) {
            start++;
        }
        return line.substring(start);
    }

    private static boolean endsWithOddBackslashes(CharSequence line) {
        int backslashes = 0;
        while (backslashes < line.length() && line.charAt(line.length() - 1 - backslashes) == '\\') {
            backslashes++;
        }
        return backslashes % 2 == 1;
    }

    private void property(String logical, int line, int lineCount) {
        int keyEnd = endOfKey(logical);
        int valueStart = skipBlanks(logical, keyEnd);
        if (valueStart < logical.length() && isSeparator(logical.charAt(valueStart))) {
            valueStart = skipBlanks(logical, valueStart + 1);
        }
        String rawKey = logical.substring(0, keyEnd);
        String rawValue = logical.substring(valueStart);
        int comment = startOfComment(rawValue);
        String uncommented = comment < 0 ? rawValue : rawValue.substring(0, comment);
        try {
            String key = unescape(Blanks.strip(rawKey));
            String value = unescape(strippedRaw(uncommented));
            Property property = new Property(file, line, key, value);
            properties.add(property);
            notice(property, rawKey, rawValue, comment >= 0, Blanks.hasOdd(uncommented) || Blanks.hasOdd(rawKey));
            if (comment >= 0 && lineCount > 1) {
                findings.notice(
                        property.withValue(rawValue.substring(comment)),
                        "a comment",
                        "a line that ends with a backslash goes on in the next one, comment or not: the "
                                + (lineCount - 1) + " line(s) after this one belong to it");
            }
        } catch (IllegalArgumentException e) {
            findings.problem(file + ": " + line, rawKey, e.getMessage());
        }
    }

    private void notice(Property property, String rawKey, String rawValue, boolean commented, boolean odd) {
        if (commented || odd) {
            String why = commented && odd ? COMMENT + "; and " + ODD_BLANKS : commented ? COMMENT : ODD_BLANKS;
            String written = Blanks.hasOdd(rawKey) ? rawKey + " = " + rawValue : rawValue;
            findings.notice(new Notice(
                    property.where(), property.key(), Property.shown(property.key(), written), property.shown(), why));
        }
    }

    private static int endOfKey(String logical) {
        int at = 0;
        while (at < logical.length()) {
            char c = logical.charAt(at);
            if (c == '\\') {
                at++;
            } else if (isSeparator(c) || c == ' ' || c == '\t' || c == '\f') {
                return at;
            }
            at++;
        }
        return logical.length();
    }

    private static boolean isSeparator(char c) {
        return c == '=' || c == ':';
    }

    private static int skipBlanks(String text, int from) {
        int at = from;
        while (at < text.length() && Blanks.isBlank(text.charAt(at))) {
            at++;
        }
        return at;
    }

    /** The first number sign that begins the value or stands behind a blank; -1 where there is none. */
    private static int startOfComment(String value) {
        for (int at = 0; at < value.length(); at++) {
            char c = value.charAt(at);
            if (c == '\\') {
                at++;
            } else if (c == '#' && (at == 0 || Blanks.isBlank(value.charAt(at - 1)))) {
                return at;
            }
        }
        return -1;
    }

    /** Strips blanks, except one that a backslash makes a part of the value. */
    private static String strippedRaw(String raw) {
        String stripped = Blanks.strip(raw);
        return endsWithOddBackslashes(stripped) ? stripped + " " : stripped;
    }

    private static String unescape(String raw) {
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < raw.length(); at++) {
            char c = raw.charAt(at);
            if (c != '\\' || at + 1 == raw.length()) {
                text.append(c);
                continue;
            }
            char escaped = raw.charAt(++at);
            switch (escaped) {
                case 't' -> text.append('\t');
                case 'n' -> text.append('\n');
                case 'r' -> text.append('\r');
                case 'f' -> text.append('\f');
                case 'u' -> {
                    text.append(unicode(raw, at + 1));
                    at += 4;
                }
                default -> text.append(escaped);
            }
        }
        return text.toString();
    }

    private static char unicode(String raw, int from) {
        String digits = raw.substring(from, Math.min(from + 4, raw.length()));
        if (!digits.matches("[0-9a-fA-F]{4}")) {
            throw new IllegalArgumentException("has \\u" + digits + ", but \\u needs four hexadecimal digits behind it;"
                    + " a backslash is written \\\\");
        }
        return (char) Integer.parseInt(digits, 16);
    }
}
