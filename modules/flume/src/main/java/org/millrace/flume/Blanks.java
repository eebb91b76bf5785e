package org.millrace.flume;

/** Characters that look like a space and are none to {@code java.util.Properties}. */
final class Blanks {
    private static final String INVISIBLE = "\u200b\u2060\ufeff";

    private Blanks() {}

    /** A blank that Java's properties take for a letter: a no-break space and its like. */
    static boolean isOdd(int c) {
        return (Character.isSpaceChar(c) || INVISIBLE.indexOf(c) >= 0) && c != ' ';
    }

    static boolean isBlank(int c) {
        return c == ' ' || c == '\t' || c == '\f' || isOdd(c);
    }

    /** The text without blanks of either kind around it. */
    static String strip(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && isBlank(text.charAt(start))) {
            start++;
        }
        while (end > start && isBlank(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    static boolean hasOdd(String text) {
        return text.chars().anyMatch(Blanks::isOdd);
    }

    /** The text on one line, odd blanks as their code. */
    static String visible(String text) {
        StringBuilder visible = new StringBuilder();
        text.chars().forEach(c -> {
            if (isOdd(c) || Character.isISOControl(c)) {
                visible.append(String.format("\\u%04x", c));
            } else {
                visible.append((char) c);
            }
        });
        return visible.toString();
    }
}
