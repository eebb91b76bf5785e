package org.millrace.flow;

import java.time.InstantSource;
import java.util.Optional;
import org.millrace.event.EventBatch;
import org.millrace.settings.ConfigSection;

/**
 * Gives every event the time at which it passes, in milliseconds since 1970, as Flume's interceptor
 * {@code timestamp} does. All events of a batch get the same.
 */
record TimestampInterceptor(String headerName, boolean preserveExisting, InstantSource clock) implements Interceptor {
    static TimestampInterceptor from(ConfigSection section, InstantSource clock) {
        return new TimestampInterceptor(section.string("header-name"), section.bool("preserve-existing"), clock);
    }

    @Override
    public Optional<EventBatch> intercept(EventBatch batch, Tally tally) {
        return new StaticInterceptor(headerName, Long.toString(clock.millis()), preserveExisting)
                .intercept(batch, tally);
    }
}
