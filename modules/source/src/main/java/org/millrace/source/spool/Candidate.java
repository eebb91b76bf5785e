package org.millrace.source.spool;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;

/**
 * A file as a scan saw it.
 *
 * @param path absolute
 * @param size in bytes
 * @param modified time of its last change
 */
record Candidate(Path path, long size, Instant modified) {
    /** The order in which files are read: by time, then by name. */
    static final Comparator<Candidate> OLDEST_FIRST =
            Comparator.comparing(Candidate::modified).thenComparing(Candidate::path);

    /** Whether another one is read after it, or is the same. */
    boolean isNoYounger(Candidate other) {
        return OLDEST_FIRST.compare(this, other) <= 0;
    }

    /** Whether its time says nothing about its age, as that of a host whose clock is ahead. */
    boolean isFromFuture(Instant now) {
        return modified.isAfter(now);
    }
}
