package org.millrace.source.spool;

import java.net.URI;
import java.nio.file.Path;

/**
 * Paths as text that keeps every byte. A file name on Linux is any bytes but {@code /} and NUL; a
 * Java string keeps only those that are text in the JVM's locale. The path of a {@code file:} URI
 * keeps them all, as {@code %FF}, and is one line of ASCII.
 */
final class PathText {
    private PathText() {}

    /** The absolute path with every odd byte as {@code %XX}. Looks at the file system once. */
    static String encode(Path path) {
        String raw = path.toUri().getRawPath();
        // toUri marks a directory by a slash; a file may have been replaced by one.
        return raw.length() > 1 && raw.endsWith("/") ? raw.substring(0, raw.length() - 1) : raw;
    }

    /**
     * The path that {@link #encode} was given.
     *
     * @throws IllegalArgumentException when {@code encoded} is no absolute path
     */
    static Path decode(String encoded) {
        if (!encoded.startsWith("/")) {
            throw new IllegalArgumentException("no absolute path: " + encoded);
        }
        return Path.of(URI.create("file://" + encoded));
    }

    /** The absolute path as text for a header: read as UTF-8 in every locale, U+FFFD for what is none. */
    static String readable(Path path) {
        return URI.create("file://" + encode(path)).getPath();
    }

    /** The path as part of a log line: as {@link #readable}, without control characters. */
    static String shown(Path path) {
        StringBuilder shown = new StringBuilder();
        readable(path).codePoints().forEach(c -> {
            if (Character.isISOControl(c)) {
                shown.append(String.format("\\x%02x", c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return shown.toString();
    }

    /** The path with {@code suffix} behind the bytes of its name. */
    static Path append(Path path, String suffix) {
        return decode(encode(path) + encode(Path.of("/" + suffix)).substring(1));
    }
}
