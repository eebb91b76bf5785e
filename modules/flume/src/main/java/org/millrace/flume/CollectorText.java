package org.millrace.flume;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A Flume agent that receives and stores, as a collector of Millrace. */
final class CollectorText {
    private static final Set<String> ANY_ADDRESS = Set.of("0.0.0.0", "::");

    private final FlumeAgent agent;
    private final Findings findings;
    private final HoconText out;
    private final Map<String, Property> batchSizes = new LinkedHashMap<>();
    private final Map<String, String> takers = new LinkedHashMap<>();

    CollectorText(FlumeAgent agent, HoconText out) {
        this.agent = agent;
        this.findings = agent.findings();
        this.out = out;
    }

    /**
     * Writes everything.
     *
     * @param known what the agents' file says about the collectors; empty where it is not given
     */
    void write(NodeOptions options, Hosts hosts, List<CollectorTiers.Collector> known, String localHost) {
        List<Part> sources = agent.parts("sources");
        if (sources.isEmpty()) {
            findings.problem(
                    agent.where(),
                    agent.name() + ".sources",
                    "names no source; a collector has at least one, of type avro");
        }
        if (!agent.parts("sinkgroups").isEmpty()) {
            findings.problem(
                    agent.where(), agent.name() + ".sinkgroups", "sink groups on a collector are not supported yet");
        }
        Optional<Property> bind = sources.stream().findFirst().flatMap(source -> source.peek("bind"));
        String bound = bind.map(Property::value).orElse(localHost);
        boolean anyAddress = ANY_ADDRESS.contains(bound);
        String host = anyAddress ? localHost : bound;
        CollectorIdentity identity = new CollectorIdentity(options, known, host, findings, agent.where());
        new NodeText(options, hosts, agent, out)
                .write(host, anyAddress ? bound : "", identity.seedHosts(), identity.whySeedHosts());
        out.open("collector", agent.where());
        out.comment("Agents use the collectors of the highest priority of which one is usable.");
        out.put("priority", Long.toString(identity.priority()), identity.placeOfPriority());
        new CollectorSources(agent, out).write(sources, hosts);
        sinksAndChannels(hosts, options.hadoopConf().map(Path::toString).orElse(""));
        out.close();
    }

    private void sinksAndChannels(Hosts hosts, String hadoopConf) {
        out.open("sinks", agent.where());
        agent.parts("sinks").forEach(part -> sink(part, hosts, hadoopConf));
        out.close();
        out.open("channels", agent.where());
        for (Part part : agent.parts("channels")) {
            if (!takers.containsKey(part.name())) {
                findings.problem(
                        part.where(), part.path(), "no sink takes from this channel, so it would only fill up");
            }
            MemoryChannel.write(part, Optional.ofNullable(batchSizes.get(part.name())), out);
        }
        out.close();
    }

    private void sink(Part part, Hosts hosts, String hadoopConf) {
        Optional<Property> channel = part.take("channel");
        if (channel.isEmpty()) {
            findings.problem(part.where(), part.path() + ".channel", "is missing");
        }
        channel.ifPresent(this::checkChannel);
        part.as(Census.Kind.SINK, null).ifPresent(component -> {
            out.open(component.name(), component.where());
            channel.ifPresent(found -> out.put("channel", HoconText.quoted(found.value()), found.where()));
            Optional<Property> batch = Optional.empty();
            switch (component.type().name()) {
                case "hdfs" -> {
                    batch = HdfsSink.batchSize(component);
                    HdfsSink.write(component, hosts, hadoopConf, out);
                }
                case "org.apache.flume.sink.kafka.KafkaSink" -> {
                    batch = KafkaSink.batchSize(component);
                    KafkaSink.write(component, hosts, out);
                }
                default ->
                    findings.problem(
                            component.where(),
                            component.path() + ".type",
                            "'" + component.type().name() + "' on a collector is not supported yet");
            }
            out.close();
            batch.ifPresent(
                    size -> channel.ifPresent(found -> batchSizes.merge(found.value(), size, CollectorTiers::larger)));
        });
    }

    private void checkChannel(Property channel) {
        if (!agent.names("channels").contains(channel.value())) {
            findings.problem(channel, agent.noChannel(channel.value()));
        }
        String other = takers.putIfAbsent(channel.value(), channel.key());
        if (other != null) {
            findings.problem(
                    channel,
                    "takes from the same channel as " + other + ": each would get a part of the events; give it a"
                            + " channel of its own");
        }
    }
}
