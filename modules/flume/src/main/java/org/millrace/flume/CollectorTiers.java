package org.millrace.flume;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.millrace.settings.Nearest;

/**
 * The collectors that an agent's Avro sinks name, and their priorities, by its sink groups: a failover
 * group gives each its own, a load-balancing group all the same.
 */
final class CollectorTiers {
    private static final long HIGHEST = 1_000_000;

    /** One collector: the property that names it, and its priority. */
    record Collector(Property hostname, long priority) {
        String host() {
            return hostname.value();
        }
    }

    private record Sink(String channel, Property hostname) {}

    private final FlumeAgent agent;
    private final Findings findings;
    private final Map<String, Sink> sinks = new LinkedHashMap<>();
    private final Map<String, Long> priorities = new LinkedHashMap<>();
    private final Map<String, Property> written = new LinkedHashMap<>();

    private CollectorTiers(FlumeAgent agent) {
        this.agent = agent;
        this.findings = agent.findings();
    }

    /**
     * The collectors, the best first.
     *
     * @param batchSizes gets the largest batch of each channel, where a sink sets one
     */
    static List<Collector> of(FlumeAgent agent, Map<String, Property> batchSizes) {
        CollectorTiers tiers = new CollectorTiers(agent);
        agent.parts("sinks").forEach(part -> tiers.sink(part, batchSizes));
        agent.parts("sinkgroups").forEach(tiers::group);
        return tiers.collectors();
    }

    private void sink(Part part, Map<String, Property> batchSizes) {
        Optional<Property> channel = part.take("channel");
        String name = channel.map(Property::value).orElse("");
        if (channel.isEmpty()) {
            findings.problem(part.where(), part.path() + ".channel", "is missing");
        } else if (!agent.names("channels").contains(name)) {
            findings.problem(channel.get(), noSuch("channel", name, agent.names("channels")));
        }
        part.as(Census.Kind.SINK, null).ifPresent(component -> {
            if (!component.type().name().equals("avro")) {
                findings.problem(
                        component.where(),
                        component.path() + ".type",
                        "'" + component.type().name() + "' on an agent is not supported yet: an agent delivers to"
                                + " collectors, and they store");
                return;
            }
            component.peek("batch-size").ifPresent(size -> batchSizes.merge(name, size, CollectorTiers::larger));
            component.required("hostname").ifPresent(host -> sinks.put(part.name(), new Sink(name, host)));
            component.finish();
        });
    }

    static Property larger(Property one, Property other) {
        return Comparator.<Property>comparingInt(property -> property.value().length())
                                .thenComparing(Property::value)
                                .compare(one, other)
                        >= 0
                ? one
                : other;
    }

    private void group(Part part) {
        List<String> names = part.takeWords("sinks");
        for (String name : names) {
            if (!agent.names("sinks").contains(name)) {
                findings.problem(part.where(), part.path() + ".sinks", noSuch("sink", name, agent.names("sinks")));
            }
        }
        part.takeBelow("processor").as(Census.Kind.PROCESSOR, "default").ifPresent(processor -> {
            if (processor.type().name().equals("failover")) {
                failover(processor, names);
            }
            processor.finish();
        });
        part.rejectRest(List.of("sinks", "processor"));
    }

    private void failover(Component processor, List<String> names) {
        Map<String, Property> given = processor.below("priority.");
        long lowest = 0;
        for (String name : names) {
            Property property = given.remove(name);
            Optional<Long> priority =
                    property == null ? Optional.empty() : processor.number(property, Integer.MIN_VALUE);
            if (priority.isPresent()) {
                priorities.put(name, priority.get());
                written.put(name, property);
                lowest = Math.min(lowest, priority.get());
            }
        }
        for (String name : names) {
            if (!priorities.containsKey(name)) {
                priorities.put(name, --lowest);
                findings.notice(new Notice(
                        processor.where(),
                        processor.path() + ".priority." + name,
                        "",
                        Long.toString(lowest),
                        "a sink without a priority comes after those that have one, in the order of the group"));
            }
        }
        given.forEach((name, property) ->
                findings.problem(property, noSuch("sink", name, new TreeSet<>(names)) + " in this group"));
    }

    private List<Collector> collectors() {
        Map<String, Collector> byHost = new LinkedHashMap<>();
        sinks.forEach((name, sink) -> {
            Collector collector = new Collector(sink.hostname(), priorities.getOrDefault(name, 0L));
            Collector other = byHost.putIfAbsent(collector.host(), collector);
            if (other != null && other.priority() != collector.priority()) {
                findings.problem(
                        collector.hostname(),
                        "'" + collector.host() + "' has priority " + collector.priority() + " here and "
                                + other.priority() + " in line "
                                + other.hostname().line()
                                + ": not supported yet, a collector has one priority for all channels");
            }
        });
        refuseDifferentCollectors();
        List<Collector> ranked = inRange(new ArrayList<>(byHost.values()));
        written.forEach((name, property) -> notice(property, name, ranked));
        ranked.sort(Comparator.comparing(Collector::priority).reversed());
        return ranked;
    }

    private void notice(Property property, String name, List<Collector> ranked) {
        Sink sink = sinks.get(name);
        ranked.stream()
                .filter(collector ->
                        sink != null && collector.host().equals(sink.hostname().value()))
                .filter(collector -> collector.priority() != priorities.get(name))
                .forEach(collector -> findings.notice(
                        property,
                        "priority " + collector.priority() + " for collector " + collector.host(),
                        "priorities go from 0 to " + HIGHEST + " here; their order is kept"));
    }

    /** All channels share the lanes' route, so all must lead to the same collectors. */
    private void refuseDifferentCollectors() {
        Map<String, Set<String>> hosts = new LinkedHashMap<>();
        sinks.values()
                .forEach(sink -> hosts.computeIfAbsent(sink.channel(), any -> new TreeSet<>())
                        .add(sink.hostname().value()));
        Set<Set<String>> different = new LinkedHashSet<>(hosts.values());
        if (different.size() > 1) {
            String leads = hosts.entrySet().stream()
                    .map(entry -> entry.getKey() + " to " + String.join(", ", entry.getValue()))
                    .collect(Collectors.joining("; "));
            findings.problem(
                    agent.where(),
                    agent.name() + ".sinks",
                    "channels that lead to different collectors are not supported yet: " + leads);
        }
    }

    /** Priorities as a collector may have them; where they are not, their ranks. */
    private List<Collector> inRange(List<Collector> collectors) {
        List<Long> distinct =
                collectors.stream().map(Collector::priority).distinct().sorted().toList();
        if (distinct.isEmpty() || (distinct.get(0) >= 0 && distinct.get(distinct.size() - 1) <= HIGHEST)) {
            return collectors;
        }
        return new ArrayList<>(collectors.stream()
                .map(collector -> new Collector(collector.hostname(), distinct.indexOf(collector.priority())))
                .toList());
    }

    private static String noSuch(String what, String name, Set<String> there) {
        return "there is no " + what + " '" + name + "'; there are: " + String.join(", ", there)
                + Nearest.hint(name, there);
    }
}
