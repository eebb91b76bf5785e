package org.millrace.source.spool;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Decides by a file's name alone, before the file system is asked about it.
 *
 * @param include what a file's whole name must match
 * @param ignore what a whole name must not match
 * @param completedSuffix the mark of files that are done with
 * @param failedSuffix the mark of files that were set aside
 */
record NameFilter(Pattern include, Optional<Pattern> ignore, String completedSuffix, String failedSuffix) {
    static NameFilter of(SpoolDirectorySettings settings) {
        return new NameFilter(
                settings.include(), settings.ignore(), settings.completedSuffix(), settings.failedSuffix());
    }

    /** Whether to leave it alone, be it a file or a directory. */
    boolean skips(String name) {
        return name.startsWith(".")
                || name.endsWith(completedSuffix)
                || name.endsWith(failedSuffix)
                || ignore.filter(pattern -> pattern.matcher(name).matches()).isPresent();
    }

    /** Whether a file of that name is wanted. */
    boolean includes(String name) {
        return include.matcher(name).matches();
    }
}
