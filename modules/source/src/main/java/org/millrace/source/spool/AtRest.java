package org.millrace.source.spool;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Decides whether a file has been left alone for long enough to be complete. */
final class AtRest {
    private AtRest() {}

    /**
     * What was seen of a file.
     *
     * @param size in bytes
     * @param modified as the file system says, by a clock that may not be ours
     * @param at when it was seen, by our clock
     */
    record Look(long size, Instant modified, Instant at) {
        boolean sameContent(Look other) {
            return size == other.size && modified.equals(other.modified);
        }
    }

    /**
     * At rest is a file whose last change is {@code restTime} ago. Where its time says otherwise,
     * for instance because it lies in the future, two equal looks that far apart will do.
     *
     * @param earlier an earlier look at the same path
     */
    static boolean decide(Look now, Optional<Look> earlier, Duration restTime) {
        return isApart(now.modified(), now.at(), restTime)
                || earlier.filter(look -> look.sameContent(now) && isApart(look.at(), now.at(), restTime))
                        .isPresent();
    }

    private static boolean isApart(Instant before, Instant now, Duration restTime) {
        return Duration.between(before, now).compareTo(restTime) >= 0;
    }
}
