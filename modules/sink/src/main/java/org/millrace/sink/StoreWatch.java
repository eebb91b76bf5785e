package org.millrace.sink;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches the store of one sink from look to look, and says in the log when something changes. */
final class StoreWatch {
    /** How often somebody looks. */
    static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(SinkRunner.class);

    private final String sink;
    /** Read by gauges too. */
    private volatile StoreHealth health = StoreHealth.START;

    StoreWatch(String sink) {
        this.sink = sink;
    }

    /** Another probe or run, of which nothing is known yet. */
    void begin() {
        health = StoreHealth.START;
    }

    StoreHealth health() {
        return health;
    }

    /** A look while the store is probed. */
    void lookAtProbe() {
        StoreHealth before = health;
        health = before.look(0, 1, LOOK_EVERY);
        if (health.verdict() != before.verdict()) {
            LOG.warn("sink {}: the store has not answered for {} s", sink, still(health));
        }
    }

    /**
     * A look at a run.
     *
     * @return whether to ask the store now; {@link #answered} is for the answer
     */
    boolean look(SinkRun run) {
        long open = run.open();
        StoreHealth next = health.look(run.stored(), open, LOOK_EVERY);
        boolean ask = next.wantsAnswer(open);
        become(ask ? next.asked() : next, open);
        return ask;
    }

    /** @param failure null when the store answered well */
    void answered(SinkRun run, Throwable failure) {
        long open = run.open();
        become(health.answered(failure == null ? "" : Failures.reason(failure), open), open);
    }

    private void become(StoreHealth next, long open) {
        StoreHealth before = health;
        health = next;
        boolean changed = next.verdict() != before.verdict();
        // The reason once, when it is known: each answer may word it another way.
        boolean explained = before.failure().isEmpty() && !next.failure().isEmpty();
        switch (next.verdict()) {
            case FINE -> {
                if (before.verdict() == StoreHealth.Verdict.STALLED) {
                    LOG.info("sink {}: moves again after {} s", sink, still(before));
                } else if (changed) {
                    LOG.info("sink {}: the store answers again", sink);
                }
            }
            case SILENT -> {
                if (changed || explained) {
                    LOG.warn("sink {}: {}; nothing waits for it yet", sink, next.reason());
                }
            }
            case STALLED -> {
                if (changed || explained) {
                    LOG.warn("sink {}: {}; {} batches wait for the store", sink, next.reason(), open);
                }
            }
        }
    }

    private static long still(StoreHealth health) {
        return health.stall().still().toSeconds();
    }
}
