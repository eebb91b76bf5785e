package org.millrace.source.spool;

import java.time.Duration;
import java.time.Instant;

/**
 * A while in which something is not done again. Immutable.
 *
 * @param since when it began
 */
record Pause(Instant since, Duration length) {
    /** How much of it is left; nothing when the clock was set back to before it began, for then nobody can tell. */
    Duration left(Instant now) {
        Duration passed = Duration.between(since, now);
        return passed.isNegative() || passed.compareTo(length) >= 0 ? Duration.ZERO : length.minus(passed);
    }
}
