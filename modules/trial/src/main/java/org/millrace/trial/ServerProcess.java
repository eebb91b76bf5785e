package org.millrace.trial;

import java.time.Duration;

/** A server of one process that can be stopped, killed and frozen, and started again on the same state. */
public abstract sealed class ServerProcess implements AutoCloseable permits FlumeNode, KafkaServer {
    private final Duration stopLimit;
    private JavaProcess process;

    /** @param stopLimit how long an orderly stop may take */
    ServerProcess(Duration stopLimit) {
        this.stopLimit = stopLimit;
    }

    /** The process goes by this from now on. */
    final JavaProcess runs(JavaProcess started) {
        process = started;
        return started;
    }

    /** @throws IllegalStateException when it runs already */
    final void requireEnded(String what) {
        if (process != null && process.isAlive()) {
            throw new IllegalStateException(what + " runs already");
        }
    }

    /** The process id, while it runs. */
    public final long pid() {
        return process.pid();
    }

    /** Whether it runs; a frozen one does. */
    public final boolean isAlive() {
        return process.isAlive();
    }

    /** Stops it as an operator does, with SIGTERM: it finishes what it does. Waits for its end. */
    public final void stop() {
        process.terminate();
        process.awaitExit(stopLimit);
        process.close();
    }

    /** kill -9, waits for the end. */
    public final void kill() {
        process.kill();
        process.close();
    }

    /** Freezes it: its connections stay open, nothing is answered. */
    public final void freeze() {
        process.freeze();
    }

    /** Goes on after {@link #freeze()}. */
    public final void thaw() {
        process.thaw();
    }

    /** Ends the process, if need be with kill -9; what it wrote stays. */
    @Override
    public final void close() {
        if (process.isAlive()) {
            process.thaw();
        }
        process.close();
    }
}
