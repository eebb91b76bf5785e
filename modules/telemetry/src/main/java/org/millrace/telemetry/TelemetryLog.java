package org.millrace.telemetry;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the counters to the log, one line a part, those that changed since the last time. Run it from
 * one thread at a time, as often as wanted.
 */
public final class TelemetryLog implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(TelemetryLog.class);

    private final Telemetry telemetry;
    private Set<String> written = Set.of();

    public TelemetryLog(Telemetry telemetry) {
        this.telemetry = telemetry;
    }

    @Override
    public void run() {
        List<String> lines = telemetry.lines();
        for (String line : lines) {
            if (!written.contains(line)) {
                LOG.info("{}", line);
            }
        }
        written = new HashSet<>(lines);
    }
}
