package org.millrace.flow;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.millrace.event.EventBatch;
import org.millrace.settings.ConfigSection;

/**
 * Gives every event the same header, as Flume's interceptor {@code static} does.
 *
 * @param key the header's name
 * @param value its value
 * @param preserveExisting an event that has the header already keeps its own value
 */
record StaticInterceptor(String key, String value, boolean preserveExisting) implements Interceptor {
    static StaticInterceptor from(ConfigSection section) {
        return new StaticInterceptor(section.string("key"), section.string("value"), section.bool("preserve-existing"));
    }

    /** Touches the shared headers only, unless single events have a header of that name to be replaced. */
    @Override
    public Optional<EventBatch> intercept(EventBatch batch, Tally tally) {
        EventBatch kept = preserveExisting ? batch : batch.withoutOwnHeader(key);
        String shared = batch.sharedHeaders().get(key);
        if (shared != null && (preserveExisting || shared.equals(value))) {
            return Optional.of(kept);
        }
        Map<String, String> headers = new HashMap<>(batch.sharedHeaders());
        headers.put(key, value);
        return Optional.of(kept.withSharedHeaders(headers));
    }
}
