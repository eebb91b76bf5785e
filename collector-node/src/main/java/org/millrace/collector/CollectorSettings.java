package org.millrace.collector;

import com.typesafe.config.Config;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.millrace.channel.ChannelSettings;
import org.millrace.clusterconfig.NodeSettings;
import org.millrace.delivery.DeliverySettings;
import org.millrace.flow.Interceptor;
import org.millrace.flow.InterceptorChain;
import org.millrace.flow.Selector;
import org.millrace.route.Roles;
import org.millrace.settings.ConfigProblems;
import org.millrace.settings.ConfigSection;
import org.millrace.sink.ChannelTakers;
import org.millrace.sink.DeadLetterSettings;
import org.millrace.sink.SinkSettings;
import org.millrace.source.node.Claims;
import org.millrace.source.node.SourceSettings;

/**
 * A collector's configuration.
 *
 * @param name the node's name, unique in the cluster
 * @param priority its tier
 * @param interceptors what is done to what arrives
 * @param selector into which channels each event goes
 * @param sources what it takes events from beside its agents; often none
 * @param channels at least one, each with one sink
 * @param sinks at least one
 * @param deadLetters where events go that a store can never take
 * @param drainLimit how long it may take to store what was received, and to close, when it is stopped
 */
public record CollectorSettings(
        String name,
        int priority,
        Interceptor interceptors,
        Selector selector,
        List<SourceSettings> sources,
        List<ChannelSettings> channels,
        List<SinkPart> sinks,
        DeliverySettings delivery,
        DeadLetterSettings deadLetters,
        Duration drainLimit) {

    /**
     * One sink.
     *
     * @param common what all have in common
     * @param rehearsal makes a client of its store and lets it go; blocks, and stores nothing
     */
    public record SinkPart(SinkSettings common, StoreFactory store, Rehearsal rehearsal) {}

    /** Does for nothing what costs most the first time; may fail as that does. */
    @FunctionalInterface
    public interface Rehearsal {
        void run() throws IOException;
    }

    /**
     * Reads {@code millrace.node}, {@code millrace.collector}, {@code millrace.delivery} and {@code
     * millrace.sink.dead-letters}; {@code root} has the modules' defaults. Notes every mistake in
     * {@code problems}; the result must not be used when there are any.
     */
    public static CollectorSettings from(Config root, ConfigProblems problems) {
        NodeSettings node = NodeSettings.from(root, problems);
        ConfigSection collector = ConfigSection.of(root, "millrace.collector", problems);
        List<ChannelSettings> channels = new ArrayList<>();
        Map<String, ConfigSection> channelSections = collector.sections("channels");
        channelSections.values().forEach(section -> channels.add(ChannelSettings.from(section, root)));
        Set<String> channelNames = channelSections.keySet();
        if (channels.isEmpty()) {
            collector.problem("channels", "a collector needs at least one channel");
        }
        List<SourceSettings> sources = new ArrayList<>();
        Claims claims = new Claims();
        for (ConfigSection section : collector.sections("sources").values()) {
            sources.add(SourceSettings.from(section, root, node.stateDirectory(), channelNames, claims));
        }
        claims.refuseClusterPort(root);
        List<SinkPart> sinks = new ArrayList<>();
        ChannelTakers takers = new ChannelTakers(channelNames);
        for (ConfigSection section : collector.sections("sinks").values()) {
            SinkPart sink = StoreFactory.sink(section, root);
            sinks.add(sink);
            takers.take(section, sink.common().channel());
        }
        channelSections.forEach((channel, section) -> {
            if (!takers.isTaken(channel)) {
                section.problem("no sink takes from this channel, so it would only fill up");
            }
        });
        CollectorSettings settings = new CollectorSettings(
                node.name(),
                collector.integer("priority", 0, Roles.HIGHEST_PRIORITY),
                InterceptorChain.from(collector, root),
                Selector.from(collector, List.copyOf(channelNames), root),
                List.copyOf(sources),
                List.copyOf(channels),
                List.copyOf(sinks),
                DeliverySettings.from(root, problems),
                DeadLetterSettings.from(
                        ConfigSection.of(root, "millrace.sink.dead-letters", problems),
                        root,
                        node.stateDirectory().resolve("dead-letters")),
                collector.duration("drain-limit", Duration.ofSeconds(1)));
        collector.rejectUnknownKeys();
        return settings;
    }
}
