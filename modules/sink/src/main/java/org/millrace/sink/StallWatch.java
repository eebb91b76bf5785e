package org.millrace.sink;

import java.time.Duration;

/**
 * Notices when a run holds transactions and stores none of them for a while: neither a failure nor
 * progress, such as a store that hangs. Immutable.
 *
 * @param stored transactions stored at the last look
 * @param still for how long none was stored while some were waiting
 */
record StallWatch(long stored, Duration still) {
    /** A run that stands still for this long is stalled. */
    static final Duration LIMIT = Duration.ofSeconds(10);

    static final StallWatch START = new StallWatch(0, Duration.ZERO);

    /**
     * The watch after another look.
     *
     * @param storedNow transactions stored since the run began
     * @param open transactions taken and not stored
     * @param passed since the look before
     */
    StallWatch look(long storedNow, long open, Duration passed) {
        boolean moves = storedNow != stored || open == 0;
        return new StallWatch(storedNow, moves ? Duration.ZERO : still.plus(passed));
    }

    /** Whether it is stalled. */
    boolean stalled() {
        return still.compareTo(LIMIT) >= 0;
    }
}
