package org.millrace.sink;

import com.typesafe.config.Config;
import java.time.Duration;
import org.millrace.settings.ConfigSection;

/**
 * What every sink is configured with, whatever it stores in.
 *
 * @param name the sink's name on its node
 * @param channel name of the channel that it takes from
 * @param transactionsAhead how many batches are taken before the store wants them
 * @param retry the pauses after failures
 */
public record SinkSettings(String name, String channel, int transactionsAhead, RetryPolicy retry) {
    private static final Duration SHORTEST = Duration.ofMillis(1);

    /**
     * The defaults of a sink's section: the kind's own, and those of every sink. The {@code dispatcher} that a
     * kind has beside them is one for all sinks of the node, and no key of a section.
     *
     * @param kind the section below {@code millrace.sink} with the kind's own defaults
     */
    public static Config defaults(Config reference, String kind) {
        return reference
                .getConfig("millrace.sink." + kind)
                .withoutPath("dispatcher")
                .withFallback(reference.getConfig("millrace.sink.defaults"));
    }

    /**
     * Reads the common keys of a sink's section, which must have its {@linkplain #defaults defaults}
     * already. Leaves the other keys to the sink's own settings, which also reject unknown ones, on
     * the same {@code section}.
     */
    public static SinkSettings from(ConfigSection section) {
        section.string("type");
        return new SinkSettings(
                section.name(),
                section.string("channel"),
                section.integer("transactions-ahead", 1, 100_000),
                retry(section));
    }

    private static RetryPolicy retry(ConfigSection section) {
        Duration shortest = section.duration("retry-shortest", SHORTEST);
        Duration longest = section.duration("retry-longest", SHORTEST);
        if (longest.compareTo(shortest) < 0) {
            section.problem(
                    "retry-longest", "must not be below retry-shortest, which is " + shortest.toMillis() + " ms");
            return new RetryPolicy(shortest, shortest);
        }
        return new RetryPolicy(shortest, longest);
    }
}
