package org.millrace.source.spool;

import java.util.Optional;
import java.util.regex.Pattern;
import org.millrace.flow.CountedText;

/**
 * Decides by a file's name alone, before the file system is asked about it. Throws {@link
 * CountedText.TooManySteps} for a name at which one of the expressions backtracks without end.
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

    /** For one name, which has at most some hundred characters: a few milliseconds. */
    private static final long STEPS = 1_000_000;

    /** Whether to leave it alone, be it a file or a directory. */
    boolean skips(String name) {
        return name.startsWith(".")
                || name.endsWith(completedSuffix)
                || name.endsWith(failedSuffix)
                || ignore.filter(pattern -> matches(pattern, name)).isPresent();
    }

    /** Whether a file of that name is wanted. */
    boolean includes(String name) {
        return matches(include, name);
    }

    /** @throws CountedText.TooManySteps when it would take too long to tell */
    private static boolean matches(Pattern pattern, String name) {
        return pattern.matcher(new CountedText(name, STEPS)).matches();
    }
}
