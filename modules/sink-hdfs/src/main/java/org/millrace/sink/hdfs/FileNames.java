package org.millrace.sink.hdfs;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How files are named: {@code <prefix>.<node>.<start>-<counter><suffix>}, and the in-use suffix
 * behind that as long as a file is written. {@code start} is the time of the file's creation in
 * milliseconds since 1970, {@code counter} rises with every file of the store.
 *
 * <p>The node's name keeps two collectors apart, and tells whom a file belongs to that was left in
 * use. It is written without dots, so that where it begins is never in doubt: a dot becomes a plus
 * sign, and any character that is no letter, digit, hyphen or underscore its bytes in hexadecimal
 * behind percent signs. Immutable.
 */
final class FileNames {
    private static final String START_AND_COUNTER = "\\.(\\d+)-(\\d+)";

    /** Digits of two longs and what separates the parts. */
    private static final int NUMBERS = 2 * 19 + 3;

    private final String node;
    private final String suffix;
    private final String inUseSuffix;
    private final Pattern inUse;

    /** What the name of a file in use says, beside its node. */
    record Parsed(String prefix, long startMillis) {}

    FileNames(String nodeName, String suffix, String inUseSuffix) {
        this.node = encode(nodeName);
        this.suffix = suffix;
        this.inUseSuffix = inUseSuffix;
        this.inUse = Pattern.compile(
                "(.*)\\." + Pattern.quote(node) + START_AND_COUNTER + Pattern.quote(suffix + inUseSuffix));
    }

    /** The same names for another node. */
    FileNames of(String otherNode) {
        return new FileNames(otherNode, suffix, inUseSuffix);
    }

    /** The name of a closed file. */
    String closed(String prefix, long startMillis, long counter) {
        return prefix + "." + node + "." + startMillis + "-" + counter + suffix;
    }

    /** The name while it is written of the file that will be {@code closed}. */
    String inUse(String closed) {
        return closed + inUseSuffix;
    }

    /** The name once it is closed of the file that is written as {@code inUse}. */
    String closed(String inUse) {
        return inUse.substring(0, inUse.length() - inUseSuffix.length());
    }

    /** What {@code name} says, if it is that of a file in use of this node. */
    Optional<Parsed> parse(String name) {
        Matcher matcher = inUse.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Parsed(matcher.group(1), Long.parseLong(matcher.group(2))));
        } catch (NumberFormatException moreThanALong) {
            return Optional.empty();
        }
    }

    /** How many bytes of a name are left for the prefix. */
    int longestPrefix() {
        int rest = node.length() + (suffix + inUseSuffix).getBytes(StandardCharsets.UTF_8).length + NUMBERS;
        return BucketChooser.LONGEST_NAME - rest;
    }

    /** As node names are written: without dots. */
    static String encode(String name) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c == '.') {
                encoded.append('+');
            } else if (c < 0x80 && (Character.isLetterOrDigit(c) || c == '-' || c == '_')) {
                encoded.append(c);
            } else {
                encoded.append(String.format("%%%02X", (int) c));
            }
        }
        return encoded.toString();
    }
}
