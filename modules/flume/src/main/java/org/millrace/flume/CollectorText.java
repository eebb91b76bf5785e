package org.millrace.flume;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.millrace.settings.Nearest;

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
        if (agent.parts("sources").size() != 1) {
            findings.problem(
                    agent.where(),
                    agent.name() + ".sources",
                    "names " + agent.parts("sources").size()
                            + " sources; a collector has one, of type avro. More are not supported yet");
        }
        if (!agent.parts("sinkgroups").isEmpty()) {
            findings.problem(
                    agent.where(), agent.name() + ".sinkgroups", "sink groups on a collector are not supported yet");
        }
        Part source = agent.parts("sources").stream()
                .findFirst()
                .orElseGet(() -> new Part(agent.name() + ".sources", agent.where(), Map.of(), findings));
        Optional<Property> bind = source.peek("bind");
        String bound = bind.map(Property::value).orElse(localHost);
        boolean anyAddress = ANY_ADDRESS.contains(bound);
        String host = anyAddress ? localHost : bound;
        CollectorIdentity identity = new CollectorIdentity(options, known, host, findings, agent.where());
        new NodeText(options, hosts, agent, out)
                .write(host, anyAddress ? bound : "", identity.seedHosts(), identity.whySeedHosts());
        out.open("collector", source.where());
        out.comment("Agents use the collectors of the highest priority of which one is usable.");
        out.put("priority", Long.toString(identity.priority()), identity.placeOfPriority());
        source(source, hosts);
        sinksAndChannels(hosts, options.hadoopConf().map(Path::toString).orElse(""));
        out.close();
    }

    /** What is done to what agents deliver is done to what comes through Flume's protocol. */
    private void source(Part source, Hosts hosts) {
        Optional<Property> channels = source.take("channels");
        Set<String> written = new LinkedHashSet<>(channels.map(Property::words).orElse(List.of()));
        if (written.isEmpty()) {
            findings.problem(source.where(), source.path() + ".channels", "is missing");
        }
        Set<String> there = agent.names("channels");
        for (String channel : written) {
            if (!there.contains(channel)) {
                findings.problem(channels.get(), noChannel(channel));
            }
        }
        for (Part channel : agent.parts("channels")) {
            if (!written.contains(channel.name())) {
                findings.problem(channel.where(), channel.path(), "no source puts events into this channel");
            }
        }
        HoconText flow = new HoconText();
        Interceptors.write(source, findings, flow);
        SelectorText.write(source, flow);
        out.add(flow);
        source.as(Census.Kind.SOURCE, null).ifPresent(component -> {
            if (!component.type().name().equals("avro")) {
                findings.problem(
                        component.where(),
                        component.path() + ".type",
                        "'" + component.type().name() + "' on a collector is not supported yet; it has an Avro source");
                return;
            }
            out.open("sources", component.where());
            out.comment("Flume's own agents and clients still deliver here; Millrace's agents do without.");
            out.open(component.name(), component.where());
            AvroSource.write(component, hosts, out);
            channels.ifPresent(found -> out.put("channels", HoconText.quoted(found.words()), found.where()));
            out.add(flow);
            out.close();
            out.close();
        });
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
            findings.problem(channel, noChannel(channel.value()));
        }
        String other = takers.putIfAbsent(channel.value(), channel.key());
        if (other != null) {
            findings.problem(
                    channel,
                    "takes from the same channel as " + other + ": each would get a part of the events; give it a"
                            + " channel of its own");
        }
    }

    private String noChannel(String channel) {
        return "there is no channel '" + channel + "'; there are: " + String.join(", ", agent.names("channels"))
                + Nearest.hint(channel, agent.names("channels"));
    }
}
