package org.millrace.source.avro;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/** How many lines of a kind the log gets, however often there is reason for one. Thread-safe. */
final class LineLimit {
    private final int lines;
    private final long periodNanos;
    private final LongSupplier nanos;
    private long periodStart;
    private int said;
    private long unsaid;

    /**
     * Nothing said yet.
     *
     * @param lines within a period
     * @param nanos a clock such as {@link System#nanoTime}
     */
    LineLimit(int lines, Duration period, LongSupplier nanos) {
        this.lines = lines;
        this.periodNanos = period.toNanos();
        this.nanos = nanos;
        this.periodStart = nanos.getAsLong();
    }

    /** How many lines were left out before the next one; empty where that is to be left out too. */
    synchronized OptionalLong say() {
        long now = nanos.getAsLong();
        if (now - periodStart > periodNanos) {
            periodStart = now;
            said = 0;
        }
        if (said == lines) {
            unsaid++;
            return OptionalLong.empty();
        }
        said++;
        long left = unsaid;
        unsaid = 0;
        return OptionalLong.of(left);
    }
}
