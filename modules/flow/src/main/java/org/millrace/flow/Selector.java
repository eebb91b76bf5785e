package org.millrace.flow;

import com.typesafe.config.Config;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.millrace.event.EventBatch;
import org.millrace.settings.ConfigSection;

/** Says into which channels the events of a batch go. A pure function; many threads call it at once. */
@FunctionalInterface
public interface Selector {
    /** What {@code batch} gives each channel. */
    Selection select(EventBatch batch);

    /** Every batch into every one of {@code channels}. */
    static Selector replicating(List<String> channels) {
        return new ReplicatingSelector(channels, List.of());
    }

    /**
     * Reads {@code selector { type = ... }} of a source's or a collector's section; where there is none,
     * {@code replicating} holds. Notes every mistake in the section's problems; the selector must not be
     * used when there are any.
     *
     * @param channels what the events may go into
     * @param reference has the defaults, in {@code millrace.flow.selectors}
     */
    static Selector from(ConfigSection section, List<String> channels, Config reference) {
        if (!section.has("selector")) {
            return replicating(channels);
        }
        Map<String, BiFunction<ConfigSection, ChannelNames, Selector>> types = new TreeMap<>(Map.of(
                "load-balancing", LoadBalancingSelector::from,
                "multiplexing", MultiplexingSelector::from,
                "replicating", ReplicatingSelector::from));
        ConfigSection selector = section.section("selector");
        return selector.oneOf("type", types)
                .map(type -> {
                    Config defaults = reference.getConfig("millrace.flow.selectors." + selector.string("type"));
                    Selector read = type.apply(selector.withDefaults(defaults), new ChannelNames(channels));
                    selector.rejectUnknownKeys();
                    return read;
                })
                .orElseGet(() -> replicating(channels));
    }
}
