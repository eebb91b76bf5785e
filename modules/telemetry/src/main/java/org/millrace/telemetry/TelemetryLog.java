package org.millrace.telemetry;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a node's meters to the log at INFO, one line a part. The node runs it as often as wanted and
 * calls {@link #logAll()} once at its end; nothing here starts a thread. Thread-safe.
 */
public final class TelemetryLog implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(TelemetryLog.class);

    private final Telemetry telemetry;
    private final Consumer<String> out;
    private Set<String> last = Set.of();

    public TelemetryLog(Telemetry telemetry) {
        this(telemetry, LOG::info);
    }

    TelemetryLog(Telemetry telemetry, Consumer<String> out) {
        this.telemetry = telemetry;
        this.out = out;
    }

    /** Logs the parts of which anything has changed since the last run; an idle node logs nothing. */
    @Override
    public synchronized void run() {
        List<String> lines = telemetry.lines();
        lines.stream().filter(line -> !last.contains(line)).forEach(out);
        last = new HashSet<>(lines);
    }

    /** Logs all parts, changed or not. */
    public synchronized void logAll() {
        last = Set.of();
        run();
    }
}
