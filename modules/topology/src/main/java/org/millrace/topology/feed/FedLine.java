package org.millrace.topology.feed;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.Optional;

/**
 * A line that tells where it comes from: the lane, its number among the lane's lines, when it was fed.
 * The rest of it follows from the number, so that a single changed or missing byte shows.
 *
 * @param lane a word
 * @param number 0, 1, 2 and so on for each lane
 * @param fedAt milliseconds since 1970
 */
public record FedLine(String lane, long number, long fedAt) {
    /** What a line has where nobody says otherwise; the length of a usual line of a web server's log. */
    public static final int USUAL_LENGTH = 169;

    /** The longest line, its end included. */
    public static final int LONGEST = 1 << 20;

    private static final int NUMBER_DIGITS = 10;
    private static final int TIME_DIGITS = 13;
    private static final int DIGITS = NUMBER_DIGITS + 1 + TIME_DIGITS;
    /** Neighbours have different rests. */
    private static final int PERIOD = 97;

    /** The last byte of a line before its end; nowhere else in it. */
    private static final byte WHOLE = '$';

    private static final byte[] REST = rest();

    private static byte[] rest() {
        byte[] request = " \"GET /index.html HTTP/1.1\" 200 5316 \"https://shop.example/cart\" \"Mozilla/5.0 (X11)\""
                .getBytes(ISO_8859_1);
        byte[] rest = new byte[LONGEST + PERIOD];
        for (int i = 0; i < rest.length; i++) {
            rest[i] = request[i % request.length];
        }
        return rest;
    }

    /** The shortest line of a lane, its end included. */
    public static int shortest(String lane) {
        return lane.length() + 1 + DIGITS + 2;
    }

    /**
     * The line, with its end.
     *
     * @param length of all of it, from {@link #shortest} to 1 MiB
     */
    public byte[] bytes(int length) {
        if (length < shortest(lane) || length > LONGEST) {
            throw new IllegalArgumentException(
                    "a line of " + length + " bytes: must be from " + shortest(lane) + " to " + LONGEST);
        }
        byte[] line = new byte[length];
        byte[] name = lane.getBytes(ISO_8859_1);
        System.arraycopy(name, 0, line, 0, name.length);
        int at = name.length;
        line[at] = ' ';
        writeDigits(number, line, at + 1, NUMBER_DIGITS);
        at += 1 + NUMBER_DIGITS;
        line[at] = ' ';
        writeDigits(fedAt, line, at + 1, TIME_DIGITS);
        at += 1 + TIME_DIGITS;
        System.arraycopy(REST, shift(number), line, at, length - 2 - at);
        line[length - 2] = WHOLE;
        line[length - 1] = '\n';
        return line;
    }

    private static void writeDigits(long value, byte[] into, int at, int digits) {
        long left = value;
        for (int i = at + digits - 1; i >= at; i--) {
            into[i] = (byte) ('0' + left % 10);
            left /= 10;
        }
    }

    private static int shift(long number) {
        return (int) (number % PERIOD);
    }

    /** The line that stands, without its end, in {@code length} bytes; nothing where it is torn or none of ours. */
    public static Optional<FedLine> parse(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int space = offset;
        while (space < end && bytes[space] != ' ') {
            space++;
        }
        int rest = space + 1 + DIGITS;
        if (space == offset || rest >= end) {
            return Optional.empty();
        }
        long number = digits(bytes, space + 1, NUMBER_DIGITS);
        long fedAt = digits(bytes, space + 2 + NUMBER_DIGITS, TIME_DIGITS);
        if (number < 0 || fedAt < 0 || !hasRest(number, bytes, rest, end)) {
            return Optional.empty();
        }
        return Optional.of(new FedLine(new String(bytes, offset, space - offset, ISO_8859_1), number, fedAt));
    }

    private static boolean hasRest(long number, byte[] bytes, int from, int end) {
        int shift = shift(number);
        int whole = end - 1;
        return bytes[whole] == WHOLE
                && end - from <= LONGEST
                && Arrays.equals(REST, shift, shift + whole - from, bytes, from, whole);
    }

    /** The number, or -1 where there is anything else. */
    private static long digits(byte[] bytes, int at, int count) {
        long value = 0;
        for (int i = at; i < at + count; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = 10 * value + digit;
        }
        return value;
    }
}
