package org.millrace.agent;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.millrace.channel.ChannelSettings;
import org.millrace.clusterconfig.NodeSettings;
import org.millrace.route.Roles;
import org.millrace.route.Tiers;
import org.millrace.settings.ConfigProblems;
import org.millrace.settings.ConfigSection;
import org.millrace.sink.ChannelTakers;
import org.millrace.sink.avro.AvroSettings;
import org.millrace.source.node.Claims;
import org.millrace.source.node.SourceSettings;

/**
 * An agent's configuration.
 *
 * @param name the node's name, unique in the cluster
 * @param sources at least one
 * @param channels at least one, each with a source that goes into it
 * @param sinks at most one a channel; a channel without leads to the cluster's collectors
 * @param tiers the agent's own word about the collectors' priorities
 * @param drainLimit how long the agent waits for acknowledgements when it is stopped
 */
public record AgentSettings(
        String name,
        List<SourceSettings> sources,
        List<ChannelSettings> channels,
        List<AvroSettings> sinks,
        Tiers tiers,
        Duration drainLimit) {

    private enum SinkType {
        AVRO
    }

    /**
     * Reads {@code millrace.node} and {@code millrace.agent}; {@code root} has the modules' defaults.
     * Notes every mistake in {@code problems}; the result must not be used when there are any.
     */
    public static AgentSettings from(Config root, ConfigProblems problems) {
        NodeSettings node = NodeSettings.from(root, problems);
        ConfigSection agent = ConfigSection.of(root, "millrace.agent", problems);
        List<ChannelSettings> channels = new ArrayList<>();
        Map<String, ConfigSection> channelSections = agent.sections("channels");
        channelSections.values().forEach(section -> channels.add(ChannelSettings.from(section, root)));
        Set<String> channelNames = channelSections.keySet();
        List<SourceSettings> sources = new ArrayList<>();
        Set<String> used = new HashSet<>();
        Claims claims = new Claims();
        for (ConfigSection section : agent.sections("sources").values()) {
            SourceSettings source = SourceSettings.from(section, root, node.stateDirectory(), channelNames, claims);
            sources.add(source);
            used.addAll(source.channels());
        }
        if (sources.isEmpty()) {
            agent.problem("sources", "an agent needs at least one source");
        }
        channelSections.forEach((name, section) -> {
            if (!used.contains(name)) {
                section.problem("no source goes into this channel");
            }
        });
        List<AvroSettings> sinks = sinks(agent, root, channelNames);
        Tiers tiers = tiers(agent);
        Duration drainLimit = agent.duration("drain-limit", Duration.ZERO);
        agent.rejectUnknownKeys();
        AgentSettings settings =
                new AgentSettings(node.name(), List.copyOf(sources), List.copyOf(channels), sinks, tiers, drainLimit);
        if (settings.joinsCluster()) {
            claims.refuseClusterPort(root);
        }
        return settings;
    }

    /** Whether any channel leads to the cluster's collectors. */
    public boolean joinsCluster() {
        Set<String> ownSinks = sinks.stream().map(sink -> sink.sink().channel()).collect(Collectors.toSet());
        return sinks.isEmpty() || !channels.stream().allMatch(channel -> ownSinks.contains(channel.name()));
    }

    private static List<AvroSettings> sinks(ConfigSection agent, Config root, Set<String> channelNames) {
        List<AvroSettings> sinks = new ArrayList<>();
        ChannelTakers takers = new ChannelTakers(channelNames);
        agent.sections("sinks").values().forEach(section -> {
            section.oneOf("type", SinkType.class);
            AvroSettings sink = AvroSettings.from(section, root);
            takers.take(section, sink.sink().channel());
            sinks.add(sink);
        });
        return List.copyOf(sinks);
    }

    private static Tiers tiers(ConfigSection agent) {
        Map<String, Integer> priorities = new HashMap<>();
        agent.sections("collectors").forEach((name, section) -> {
            priorities.put(name, section.integer("priority", 0, Roles.HIGHEST_PRIORITY));
            section.rejectUnknownKeys();
        });
        return new Tiers(priorities);
    }
}
