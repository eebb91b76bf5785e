package org.millrace.flume;

import java.util.Map;

/** Date patterns of Joda, which Flume uses, in the letters of {@code java.time}. */
final class JodaPattern {
    /** Letters that mean something else, by their run in Joda's pattern. */
    private static final Map<String, String> OTHERWISE = Map.of("ZZ", "xxx", "ZZZ", "VV");

    private static final String WITHOUT_EQUAL = "Cxwe";

    private JodaPattern() {}

    /** The pattern here; letters that have no equal are noted as mistakes. */
    static String translate(Property pattern, Findings findings) {
        String joda = pattern.value();
        StringBuilder here = new StringBuilder();
        int at = 0;
        while (at < joda.length()) {
            char c = joda.charAt(at);
            int end = c == '\'' ? endOfQuote(joda, at) : endOfRun(joda, at);
            String run = joda.substring(at, end);
            if (WITHOUT_EQUAL.indexOf(c) >= 0) {
                findings.problem(pattern, "has the letter '" + c + "' of Joda, which is not supported");
            }
            here.append(c == '\'' ? run : OTHERWISE.getOrDefault(run, run.replace('Y', 'y')));
            at = end;
        }
        if (!here.toString().equals(joda)) {
            findings.notice(pattern, here.toString(), "Java's own letters for it differ from Joda's, which Flume uses");
        }
        return here.toString();
    }

    private static int endOfQuote(String text, int start) {
        int close = text.indexOf('\'', start + 1);
        return close < 0 ? text.length() : close + 1;
    }

    private static int endOfRun(String text, int start) {
        int end = start;
        while (end < text.length() && text.charAt(end) == text.charAt(start)) {
            end++;
        }
        return end;
    }
}
