package org.millrace.topology;

import java.nio.file.Path;

/**
 * Follows what a collector logs about its readiness.
 *
 * <p>Not thread-safe.
 */
public final class CollectorLog {
    private static final String READY = " ready: every store answers";
    private static final String NOT_READY = " not ready; ";

    private final LogFollower follower;
    private boolean ready;

    /** Reads from the beginning. */
    public CollectorLog(Path log) {
        this.follower = new LogFollower(log);
    }

    /** Passes over all that it has told so far, in earlier runs above all. */
    void skip() {
        follower.skip();
    }

    /** Whether all its sinks have reached their stores, as far as it has told. */
    public boolean isReady() {
        follower.read(line -> ready = line.endsWith(READY) || (ready && !line.contains(NOT_READY)));
        return ready;
    }
}
