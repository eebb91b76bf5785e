package org.millrace.sink;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next try: the pause doubles from try to try up to a limit. A run that
 * stored something starts over with the shortest pause.
 *
 * @param shortest the pause after the first failure
 * @param longest no pause is longer
 */
public record RetryPolicy(Duration shortest, Duration longest) {
    public RetryPolicy {
        if (shortest.isZero() || shortest.isNegative() || longest.compareTo(shortest) < 0) {
            throw new IllegalArgumentException("pauses from " + shortest + " to " + longest);
        }
    }

    /**
     * The pause after a number of failures in a row.
     *
     * @param failures 1 or more
     */
    public Duration pauseAfter(int failures) {
        int doublings = Math.min(failures - 1, 30);
        long millis = shortest.toMillis() << doublings;
        boolean overflown = millis >> doublings != shortest.toMillis();
        return overflown || millis > longest.toMillis() ? longest : Duration.ofMillis(millis);
    }

    /**
     * As {@link #pauseAfter(int)}, shortened by up to a quarter: those whom one failure has hit must not
     * all come back at the same moment.
     */
    public Duration pauseAfter(int failures, RandomGenerator random) {
        long millis = pauseAfter(failures).toMillis();
        return Duration.ofMillis(millis - random.nextLong(millis / 4 + 1));
    }
}
