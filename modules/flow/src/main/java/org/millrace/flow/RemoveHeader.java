package org.millrace.flow;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.millrace.event.EventBatch;
import org.millrace.settings.ConfigSection;

/**
 * Takes headers away, as Flume's interceptor {@code remove_header} does.
 *
 * @param names those with one of these names
 * @param matching and those whose whole name matches this
 */
record RemoveHeader(Set<String> names, Optional<Pattern> matching) implements Interceptor {
    static RemoveHeader from(ConfigSection section) {
        Set<String> names = new HashSet<>(section.strings("from-list"));
        section.optionalString("with-name").ifPresent(names::add);
        Optional<Pattern> matching =
                section.has("matching") ? Optional.of(section.pattern("matching")) : Optional.empty();
        if (names.isEmpty() && matching.isEmpty()) {
            section.problem("type", "needs with-name, from-list or matching: which headers to remove");
        }
        return new RemoveHeader(names, matching);
    }

    @Override
    public Optional<EventBatch> intercept(EventBatch batch, Tally tally) {
        Set<String> unwanted = new HashSet<>(names);
        matching.ifPresent(pattern -> {
            RegexRun run = new RegexRun(tally);
            for (String name : namesIn(batch)) {
                if (run.on(pattern, name, Matcher::matches).orElse(false)) {
                    unwanted.add(name);
                }
            }
        });
        return Optional.of(batch.withoutHeaders(unwanted::contains));
    }

    private static Set<String> namesIn(EventBatch batch) {
        Set<String> all = new HashSet<>(batch.sharedHeaders().keySet());
        for (int i = 0; i < batch.size(); i++) {
            all.addAll(batch.ownHeaders(i).keySet());
        }
        return all;
    }
}
