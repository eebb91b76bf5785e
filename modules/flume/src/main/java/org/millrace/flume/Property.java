package org.millrace.flume;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One property of a Flume file.
 *
 * @param file the file as it was named
 * @param line where the property begins, from 1
 * @param key its full key, such as {@code agent1.channels.c1.capacity}
 * @param value its value, without a comment behind it and blanks around it
 */
record Property(String file, int line, String key, String value) {
    private static final Pattern SECRET = Pattern.compile("(?i)passw|secret|jaas|token");

    /** File and line, as a user finds them. */
    String where() {
        return file + ": " + line;
    }

    /** The items of a list: Flume separates them by blanks. */
    List<String> words() {
        return Stream.of(value.split("\\s+", -1))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    /** The value as a message may show it: no password ever. */
    String shown() {
        return shown(key, value);
    }

    /** As {@link #shown()}, for what was written of a value. */
    static String shown(String key, String written) {
        return SECRET.matcher(key).find() && !written.isEmpty() ? "***" : written;
    }

    Property withValue(String other) {
        return new Property(file, line, key, other);
    }
}
