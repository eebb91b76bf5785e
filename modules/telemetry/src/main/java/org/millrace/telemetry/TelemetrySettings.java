package org.millrace.telemetry;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Optional;
import org.millrace.settings.ConfigProblems;
import org.millrace.settings.ConfigSection;

/**
 * What becomes of a node's meters.
 *
 * @param logInterval how often {@link TelemetryLog} is to run; empty for never
 */
public record TelemetrySettings(Optional<Duration> logInterval) {
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(1);

    /** Reads {@code millrace.telemetry}; {@code root} has the modules' defaults. */
    public static TelemetrySettings from(Config root, ConfigProblems problems) {
        ConfigSection section = ConfigSection.of(root, "millrace.telemetry", problems);
        Duration interval = section.duration("log-interval", Duration.ZERO, LONGEST);
        if (!interval.isZero() && interval.compareTo(SHORTEST) < 0) {
            section.problem("log-interval", "must be at least 1 s, or 0 for no log");
        }
        section.rejectUnknownKeys();
        return new TelemetrySettings(Optional.of(interval).filter(written -> !written.isZero()));
    }
}
