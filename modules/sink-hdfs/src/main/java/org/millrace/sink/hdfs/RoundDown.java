package org.millrace.sink.hdfs;

import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;

/**
 * Takes a time back to the beginning of the stretch that it lies in, as Flume's {@code hdfs.round} does:
 * stretches begin anew with each minute, hour or day, whichever is the next above them.
 *
 * @param stretch whole seconds below a minute, whole minutes below an hour, or whole hours up to a day;
 *     zero for leaving times as they are
 */
record RoundDown(Duration stretch) {
    private static final long MINUTE = 60;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    RoundDown {
        if (!isPossible(stretch)) {
            throw new IllegalArgumentException("cannot round down to " + stretch);
        }
    }

    static boolean isPossible(Duration stretch) {
        long seconds = stretch.toSeconds();
        return stretch.toNanosPart() == 0
                && seconds >= 0
                && seconds <= DAY
                && (seconds < MINUTE || (seconds % MINUTE == 0 && seconds < HOUR) || seconds % HOUR == 0);
    }

    ZonedDateTime apply(ZonedDateTime time) {
        int seconds = Math.toIntExact(stretch.toSeconds());
        if (seconds == 0) {
            return time;
        }
        if (seconds < MINUTE) {
            return time.truncatedTo(ChronoUnit.SECONDS).withSecond(floor(time.getSecond(), seconds));
        }
        if (seconds < HOUR) {
            return time.truncatedTo(ChronoUnit.MINUTES)
                    .withMinute(floor(time.getMinute(), Math.toIntExact(seconds / MINUTE)));
        }
        return time.truncatedTo(ChronoUnit.HOURS).withHour(floor(time.getHour(), Math.toIntExact(seconds / HOUR)));
    }

    private static int floor(int value, int step) {
        return value - value % step;
    }
}
