package org.millrace.topology.drill;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * A line that tells where it comes from: the agent, its number among the agent's lines, when it was fed.
 *
 * @param number 0, 1, 2 and so on for each agent
 * @param fedAt milliseconds since 1970
 */
record FedLine(String agent, long number, long fedAt) {
    private static final String PADDING =
            " " + "GET /index.html HTTP/1.1 200 5316 ".repeat(3).strip();

    /** The line, with its end. */
    String text() {
        return String.format(Locale.ROOT, "%s %09d %d", agent, number, fedAt) + PADDING + '\n';
    }

    /** The line that stands in {@code length} bytes; nothing where it is torn or none of ours. */
    static Optional<FedLine> parse(byte[] bytes, int offset, int length) {
        String line = new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
        if (!line.endsWith(PADDING)) {
            return Optional.empty();
        }
        String[] fields = line.split(" ", 4);
        try {
            return Optional.of(new FedLine(fields[0], Long.parseLong(fields[1]), Long.parseLong(fields[2])));
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException notOurs) {
            return Optional.empty();
        }
    }
}
