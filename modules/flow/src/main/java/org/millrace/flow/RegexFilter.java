package org.millrace.flow;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.millrace.event.EventBatch;
import org.millrace.settings.ConfigSection;

/**
 * Keeps the events in whose body {@code regex} is found, or those in which it is not, as Flume's
 * interceptor {@code regex_filter} does. An event on which the expression gives up is kept.
 *
 * @param excludeEvents leaves out where it is found, rather than where it is not
 */
record RegexFilter(Pattern regex, boolean excludeEvents) implements Interceptor {
    static RegexFilter from(ConfigSection section) {
        return new RegexFilter(section.pattern("regex"), section.bool("exclude-events"));
    }

    @Override
    public Optional<EventBatch> intercept(EventBatch batch, Tally tally) {
        RegexRun run = new RegexRun(tally);
        BitSet kept = new BitSet(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            String body = batch.bodyText(i, StandardCharsets.UTF_8);
            kept.set(
                    i,
                    run.on(regex, body, Matcher::find)
                            .map(found -> found != excludeEvents)
                            .orElse(true));
        }
        return kept.isEmpty() ? Optional.empty() : Optional.of(batch.only(kept));
    }
}
