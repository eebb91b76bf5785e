package org.millrace.topology;

import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * How an agent is getting on, as text: read, committed, events a second, the active collector.
 *
 * <p>Not thread-safe.
 */
final class Progress {
    private static final long STILL_AFTER_NANOS = 2_500_000_000L;

    private final UnaryOperator<String> nameOf;
    private long committed;
    private long changedAt;
    private long rate;

    /**
     * @param nameOf the name of the collector at an address
     * @param nanos the time, as {@link System#nanoTime()} tells it
     */
    Progress(UnaryOperator<String> nameOf, long nanos) {
        this.nameOf = nameOf;
        this.changedAt = nanos;
    }

    /** The text for what is known at a time; the rate is that between the last two changes. */
    String text(AgentLog.View view, long nanos) {
        if (view.committed() != committed) {
            // An agent that was started again counts from 0.
            long gained = Math.max(0, view.committed() - committed);
            rate = Math.round(gained * 1e9 / Math.max(1, nanos - changedAt));
            committed = view.committed();
            changedAt = nanos;
        } else if (nanos - changedAt > STILL_AFTER_NANOS) {
            rate = 0;
        }
        return String.format(
                Locale.ROOT,
                "read %,d  committed %,d  %,d events/s  collector %s",
                view.read(),
                view.committed(),
                rate,
                view.collector().map(nameOf).orElse("none"));
    }
}
