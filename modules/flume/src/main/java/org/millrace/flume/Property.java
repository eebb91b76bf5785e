package org.millrace.flume;

import java.util.List;
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

    Property withValue(String other) {
        return new Property(file, line, key, other);
    }
}
