package org.millrace.delivery;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Notices that this process stood still (it was frozen, its host was suspended, or it paused for long),
 * so that agents may have turned elsewhere. Whoever asks first after it finds out, be it before a timer
 * had its turn. Thread-safe.
 */
final class Standstill {
    /**
     * Nobody asked for so long, though somebody asks every {@link #ASK_EVERY}. Agents leave a collector
     * that is silent for a second at the soonest ({@link CollectorDirectory#LATE_AFTER} greetings). One
     * that is noticed without need costs each lane a new session.
     */
    static final Duration LIMIT = Duration.ofMillis(750);

    static final Duration ASK_EVERY = Duration.ofMillis(250);

    private final LongSupplier nanoTime;
    private long last;
    private long count;

    /** @param nanoTime as {@link System#nanoTime()} */
    Standstill(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.last = nanoTime.getAsLong();
    }

    /** How often the process has stood still so far. */
    synchronized long count() {
        long now = nanoTime.getAsLong();
        if (now - last > LIMIT.toNanos()) {
            count++;
        }
        last = now;
        return count;
    }
}
