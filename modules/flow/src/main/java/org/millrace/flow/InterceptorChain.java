package org.millrace.flow;

import com.typesafe.config.Config;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.millrace.event.EventBatch;
import org.millrace.settings.ConfigSection;

/** Interceptors one behind the other, in the order of the configuration. */
public final class InterceptorChain implements Interceptor {
    /** The kinds that a configuration can name, each with what reads its section. */
    private static final Map<String, Function<ConfigSection, Interceptor>> TYPES = new TreeMap<>(Map.of(
            "host", HostInterceptor::from,
            "regex-extractor", RegexExtractor::from,
            "regex-filter", RegexFilter::from,
            "remove-header", RemoveHeader::from,
            "search-replace", SearchReplace::from,
            "static", StaticInterceptor::from,
            "timestamp", section -> TimestampInterceptor.from(section, InstantSource.system()),
            "uuid", UuidInterceptor::from));

    /** One interceptor, and what it is called where it is counted. */
    record Link(String type, Interceptor interceptor) {}

    private final List<Link> links;

    InterceptorChain(List<Link> links) {
        this.links = List.copyOf(links);
    }

    /**
     * Reads the list {@code interceptors} of a source's or a collector's section: {@code [ { type =
     * static, key = Collector, value = node04 } ]}. No list, no interceptors. Notes every mistake in the
     * section's problems; the chain must not be used when there are any.
     *
     * @param reference has the defaults, in {@code millrace.flow.interceptors}
     */
    public static InterceptorChain from(ConfigSection section, Config reference) {
        List<Link> links = new ArrayList<>();
        for (ConfigSection item : section.sectionList("interceptors")) {
            read(item, reference).ifPresent(links::add);
        }
        return new InterceptorChain(links);
    }

    /**
     * As {@link #from}, for a source of an agent, each of whose channels is a lane.
     *
     * @param channels those of the source
     */
    public static Interceptor ofLanes(ConfigSection source, List<String> channels, Config reference) {
        InterceptorChain chain = from(source, reference);
        return channels.size() > 1 ? RenewedLanes.of(chain, source) : chain;
    }

    /** The other keys of an unknown kind are neither right nor wrong. */
    private static Optional<Link> read(ConfigSection item, Config reference) {
        Optional<String> named = item.optionalString("type").filter(type -> type.indexOf('.') >= 0);
        Optional<Link> link = named.isPresent()
                ? named.flatMap(type -> OwnInterceptor.from(item, type).map(own -> new Link(type, own)))
                : item.oneOf("type", TYPES).map(type -> {
                    String name = item.string("type");
                    Config defaults = reference.getConfig("millrace.flow.interceptors." + name);
                    return new Link(name, type.apply(item.withDefaults(defaults)));
                });
        link.ifPresent(read -> item.rejectUnknownKeys());
        return link;
    }

    /** A batch that one of them makes too large for the way to a collector goes past that one, and is counted. */
    @Override
    public Optional<EventBatch> intercept(EventBatch batch, Tally tally) {
        EventBatch current = batch;
        for (Link link : links) {
            Optional<EventBatch> next = link.interceptor().intercept(current, tally);
            if (next.isPresent() && isTooLarge(next.get(), current)) {
                tally.unchanged("too-large", current.size());
                continue;
            }
            int left = next.map(EventBatch::size).orElse(0);
            if (left < current.size()) {
                tally.dropped(link.type(), current.size() - left);
            }
            if (next.isEmpty()) {
                return next;
            }
            current = next.get();
        }
        return Optional.of(current);
    }

    private static boolean isTooLarge(EventBatch made, EventBatch before) {
        return made.bytes() > EventBatch.LARGEST && made.bytes() > before.bytes();
    }
}
