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

    private final Set<String> running;
    private final FlumeSinks flumeSinks;

    private CollectorTiers(FlumeAgent agent, Set<String> running) {
        this.agent = agent;
        this.findings = agent.findings();
        this.running = running;
        this.flumeSinks = new FlumeSinks(findings);
    }

    /** The collectors of a cluster to which all of the agent's sinks lead, the best first. */
    static List<Collector> of(FlumeAgent agent) {
        return read(agent, new LinkedHashMap<>(), Set.of()).collectors();
    }

    /**
     * Reads the sinks and their groups.
     *
     * @param batchSizes gets the largest batch of each channel, where a sink sets one
     * @param running hosts that run Flume; all others are of the cluster
     */
    static CollectorTiers read(FlumeAgent agent, Map<String, Property> batchSizes, Set<String> running) {
        CollectorTiers tiers = new CollectorTiers(agent, running);
        agent.parts("sinks").forEach(part -> tiers.sink(part, batchSizes));
        agent.parts("sinkgroups").forEach(tiers::group);
        tiers.refuseMixedChannels();
        tiers.noticeUnknown();
        return tiers;
    }

    /** The sinks that lead to collectors that run Flume. */
    FlumeSinks flumeSinks() {
        return flumeSinks;
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
            Optional<Property> hostname = component.required("hostname");
            if (hostname.filter(host -> running.contains(host.value())).isPresent()) {
                flumeSinks.add(part.name(), name, component);
            } else {
                hostname.ifPresent(host -> sinks.put(part.name(), new Sink(name, host)));
                ClusterSink.leaveAside(component);
            }
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
            if (names.stream().anyMatch(flumeSinks::has)) {
                flumeGroup(part.name(), processor, names);
            }
            processor.finish();
        });
        part.rejectRest(List.of("sinks", "processor"));
    }

    private void flumeGroup(String name, Component processor, List<String> names) {
        boolean failover = processor.type().name().equals("failover");
        boolean balancing = processor.type().name().equals("load_balance");
        FlumeSinks.Group group = new FlumeSinks.Group(
                name,
                balancing ? processor.peek("selector") : Optional.empty(),
                failover
                        ? processor.find("maxpenalty")
                        : balancing ? processor.find("selector.maxTimeOut") : Optional.empty());
        names.forEach(sink -> flumeSinks.group(sink, group));
    }

    /** The same list may be given to all agents, so a name too many is no mistake. */
    private void noticeUnknown() {
        Set<String> hosts = new TreeSet<>(flumeSinks.hosts());
        sinks.values().forEach(sink -> hosts.add(sink.hostname().value()));
        for (String host : running) {
            if (!hosts.contains(host)) {
                findings.notice(new Notice(
                        agent.where(),
                        "--flume-collectors",
                        host,
                        "",
                        "no Avro sink leads there" + Nearest.hint(host, hosts)));
            }
        }
    }

    private void refuseMixedChannels() {
        sinks.forEach((name, sink) -> {
            if (flumeSinks.hasChannel(sink.channel())) {
                findings.problem(
                        sink.hostname(),
                        "another sink of channel " + sink.channel() + " leads to a collector that runs Flume"
                                + " (--flume-collectors), and a channel leads one way: name this host there as well; a"
                                + " collector of Millrace with an Avro source understands Flume's protocol");
            }
        });
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

    /** The collectors of the cluster, the best first. */
    List<Collector> collectors() {
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

    /** The priorities of sinks, by name, as a collector may have them; where they are not, their ranks. */
    Map<String, Long> ranks(List<String> names) {
        List<Long> distinct = names.stream()
                .map(name -> priorities.getOrDefault(name, 0L))
                .distinct()
                .sorted()
                .toList();
        boolean fine = distinct.get(0) >= 0 && distinct.get(distinct.size() - 1) <= HIGHEST;
        Map<String, Long> ranks = new LinkedHashMap<>();
        names.forEach(name -> {
            long priority = priorities.getOrDefault(name, 0L);
            ranks.put(name, fine ? priority : distinct.indexOf(priority));
        });
        return ranks;
    }

    private static String noSuch(String what, String name, Set<String> there) {
        return "there is no " + what + " '" + name + "'; there are: " + String.join(", ", there)
                + Nearest.hint(name, there);
    }
}
