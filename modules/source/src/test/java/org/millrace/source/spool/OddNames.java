package org.millrace.source.spool;

import java.nio.file.Path;

/** A file name with everything in it that a file system allows and programs forget. */
final class OddNames {
    private OddNames() {}

    /** The name in {@code directory}, as {@link PathText} encodes it. */
    static String encoded(Path directory) {
        return PathText.encode(directory) + "/a%20b%25%0A%09%FF%FE%C3%A9%3F%23+%22";
    }
}
