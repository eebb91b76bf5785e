package org.millrace.flume;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A Flume agent that reads and delivers, as an agent of Millrace. */
final class AgentText {
    private final FlumeAgent agent;
    private final Findings findings;
    private final HoconText out;
    private final Map<String, Property> batchSizes = new LinkedHashMap<>();
    private final Set<String> fed = new LinkedHashSet<>();

    AgentText(FlumeAgent agent, HoconText out) {
        this.agent = agent;
        this.findings = agent.findings();
        this.out = out;
    }

    /** Writes everything; {@code localHost} is the name of this host. */
    void write(NodeOptions options, Hosts hosts, String localHost) {
        CollectorTiers tiers = CollectorTiers.read(agent, batchSizes, options.flumeCollectors());
        List<CollectorTiers.Collector> collectors = tiers.collectors();
        if (collectors.isEmpty() && tiers.flumeSinks().isEmpty()) {
            findings.problem(agent.where(), agent.name() + ".sinks", "names no Avro sink that leads to a collector");
        }
        options.priority()
                .ifPresent(priority -> findings.problem(
                        "--priority", "", "is a collector's; what an agent thinks of collectors, its sink groups say"));
        collectors.forEach(collector -> hosts.resolve(collector.host(), collector.hostname()));
        List<String> seeds =
                collectors.stream().map(CollectorTiers.Collector::host).toList();
        NodeText node = new NodeText(options, hosts, agent, out);
        if (collectors.isEmpty()) {
            node.writeAlone(localHost);
        } else {
            node.write(
                    localHost,
                    "",
                    seeds,
                    "the collectors that the Avro sinks name, on the cluster's port; --flume-collectors says which of"
                            + " them run Flume");
        }
        out.open("agent", agent.where());
        if (!collectors.isEmpty()) {
            tiers(collectors, hosts);
        }
        tiers.flumeSinks().write(tiers, hosts, out, agent.where());
        out.open("sources", agent.where());
        agent.parts("sources").forEach(part -> source(part, hosts));
        out.close();
        out.open("channels", agent.where());
        agent.parts("channels").forEach(this::channel);
        out.close();
        out.close();
    }

    private void tiers(List<CollectorTiers.Collector> collectors, Hosts hosts) {
        out.comment("For this agent, as in the sink groups of Flume's file; others may have it otherwise.");
        out.open("collectors", agent.where());
        collectors.forEach(collector -> {
            out.open(hosts.resolve(collector.host()), collector.hostname().where());
            out.put(
                    "priority",
                    Long.toString(collector.priority()),
                    collector.hostname().where());
            out.close();
        });
        out.close();
    }

    private void source(Part part, Hosts hosts) {
        Optional<Property> names = part.take("channels");
        List<String> channels = names.map(Property::words).orElse(List.of());
        if (channels.isEmpty()) {
            findings.problem(part.where(), part.path() + ".channels", "is missing");
        }
        for (String channel : channels) {
            if (!agent.names("channels").contains(channel)) {
                findings.problem(names.get(), agent.noChannel(channel));
            }
        }
        fed.addAll(channels);
        out.open(part.name(), part.where());
        Interceptors.write(part, findings, out);
        SelectorText.write(part, out);
        part.as(Census.Kind.SOURCE, null).ifPresent(component -> {
            switch (component.type().name()) {
                case "spooldir" -> {
                    component
                            .peek("batchSize")
                            .ifPresent(size -> channels.forEach(
                                    channel -> batchSizes.merge(channel, size, CollectorTiers::larger)));
                    SpoolSource.write(component, out);
                }
                case "avro" -> AvroSource.write(component, hosts, out);
                default ->
                    findings.problem(
                            component.where(),
                            component.path() + ".type",
                            "'" + component.type().name() + "' on an agent is not supported yet");
            }
        });
        names.ifPresent(found -> out.put("channels", HoconText.quoted(channels), found.where()));
        out.close();
    }

    private void channel(Part part) {
        if (!fed.contains(part.name())) {
            findings.problem(part.where(), part.path(), "no source puts events into this channel");
        }
        MemoryChannel.write(part, Optional.ofNullable(batchSizes.get(part.name())), out);
    }
}
