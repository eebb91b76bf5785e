package org.millrace.topology.bench;

import java.time.Duration;

/**
 * A rate to hold.
 *
 * @param linesPerSecond of all lanes together
 * @param fileEvery how often each lane gets a file
 * @param settle how long it is held before anything is measured
 * @param time how long it is measured
 */
record Rate(int linesPerSecond, Duration fileEvery, Duration settle, Duration time) {
    /** More would take longer to write than a JVM needs to have compiled what they run through. */
    private static final int MOST_FILES = 5000;

    /** What warms up the nodes for it: files like those that it is held with, of at most so many lines in all. */
    Load warmUp(int lanes, int lines, int lineLength) {
        long inAFile =
                linesPerSecond * fileEvery.toNanos() / Duration.ofSeconds(1).toNanos() / lanes;
        int perFile = (int) Math.max(1, inAFile);
        return new Load(lanes, 1, perFile, lineLength).of((int) Math.min(lines, (long) MOST_FILES * perFile));
    }
}
