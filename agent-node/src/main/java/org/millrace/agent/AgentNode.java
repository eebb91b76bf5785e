package org.millrace.agent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.millrace.channel.Channel;
import org.millrace.channel.ChannelSettings;
import org.millrace.delivery.CollectorDirectory;
import org.millrace.delivery.LaneDispatcher;
import org.millrace.route.CollectorView;
import org.millrace.sink.SinkRunner;
import org.millrace.sink.Store;
import org.millrace.sink.avro.AvroSettings;
import org.millrace.sink.avro.AvroStore;
import org.millrace.source.node.Sources;
import org.millrace.telemetry.Telemetry;

/**
 * A whole agent as one behaviour: its channels, what takes from each (a dispatcher, or a sink), and its
 * sources. Spawn it in any actor system that is a member of the collectors' cluster with the roles
 * {@code agent} and {@code node-NAME}; or, where {@link AgentSettings#joinsCluster()} says that it needs
 * none, in any at all:
 *
 * <pre>{@code
 * Config config = ConfigFile.load(file);
 * ConfigProblems problems = new ConfigProblems();
 * AgentSettings settings = AgentSettings.from(config, problems);
 * ClusterSettings cluster = ClusterSettings.from(config, problems);
 * problems.throwIfAny();
 * Behavior<Void> guardian = Behaviors.setup(context -> {
 *     context.spawn(AgentNode.create(settings, Telemetry.inMemory()), "agent");
 *     return Behaviors.empty();
 * });
 * Set<String> roles = Set.of(Roles.AGENT, Roles.node(settings.name()));
 * Config systemConfig = ClusterConfig.systemConfig(cluster, roles, config);
 * ActorSystem<Void> system = ActorSystem.create(guardian, ClusterConfig.SYSTEM_NAME, systemConfig);
 * }</pre>
 *
 * <p>It stops, with an error in the log, when a part of it ends that must not, or a source refuses to
 * run; its parent can watch it. A source that fails for a passing reason is run again after five
 * seconds. Whatever happens to it, the sources' state on disk says how far the stores have acknowledged,
 * and the next run goes on there.
 */
public final class AgentNode {
    /** What it understands. */
    public sealed interface Command {}

    /**
     * Reads no more, waits until what was read is committed, at most {@code limit}, and ends the
     * sources; answers when their state is on disk. Waits for nothing once neither a collector nor a sink
     * is there to commit it: it comes again. The agent stays, without sources. Of several, the last one's
     * limit holds.
     */
    public record Drain(Duration limit, ActorRef<Done> replyTo) implements Command {}

    private record SourcesDrained(Done done) implements Command {}

    private record PartEnded(String part) implements Command {}

    private record FromDirectory(CollectorDirectory.Collectors collectors) implements Command {}

    private AgentNode() {}

    /** An agent that starts at once. */
    public static Behavior<Command> create(AgentSettings settings, Telemetry telemetry) {
        return Behaviors.setup(context -> new Running(context, settings, telemetry));
    }

    private static final class Running extends AbstractBehavior<Command> {
        private final Telemetry telemetry;
        private final Map<String, ActorRef<Channel.Command>> channels = new HashMap<>();
        private final ActorRef<Sources.Command> sources;
        private final boolean hasSinks;
        private final List<ActorRef<Done>> waiting = new ArrayList<>();
        /** Whether a collector is there that could acknowledge what was sent. */
        private boolean collectorAlive;

        Running(ActorContext<Command> context, AgentSettings settings, Telemetry telemetry) {
            super(context);
            context.setLoggerName(AgentNode.class);
            this.telemetry = telemetry;
            this.hasSinks = !settings.sinks().isEmpty();
            for (ChannelSettings channel : settings.channels()) {
                ActorRef<Channel.Command> ref = part(
                        "channel " + channel.name(),
                        context.spawn(
                                Channel.create(channel, telemetry), "channel-" + channel.name(), Channel.props()));
                channels.put(channel.name(), ref);
            }
            if (settings.joinsCluster()) {
                dispatch(settings);
            }
            settings.sinks().forEach(this::runSink);
            this.sources =
                    part("sources", context.spawn(Sources.create(settings.sources(), channels, telemetry), "sources"));
        }

        /** Over the cluster goes what no sink takes. */
        private void dispatch(AgentSettings settings) {
            ActorRef<CollectorDirectory.Command> directory =
                    part("collectors", getContext().spawn(CollectorDirectory.create(settings.tiers()), "collectors"));
            directory.tell(new CollectorDirectory.Watch(
                    getContext().messageAdapter(CollectorDirectory.Collectors.class, FromDirectory::new)));
            Map<String, ActorRef<Channel.Command>> rest = new HashMap<>(channels);
            settings.sinks().forEach(sink -> rest.remove(sink.sink().channel()));
            rest.forEach((name, channel) -> part(
                    "dispatcher of " + name,
                    getContext()
                            .spawn(
                                    LaneDispatcher.create(settings.name(), name, channel, directory, telemetry),
                                    "dispatcher-" + name)));
        }

        private void runSink(AvroSettings settings) {
            Store store = AvroStore.create(settings, telemetry, getContext().getSystem());
            String name = settings.sink().name();
            ActorRef<Channel.Command> channel = channels.get(settings.sink().channel());
            part(
                    "sink " + name,
                    getContext().spawn(SinkRunner.create(settings.sink(), store, channel, telemetry), "sink-" + name));
        }

        private <T> ActorRef<T> part(String name, ActorRef<T> ref) {
            getContext().watchWith(ref, new PartEnded(name));
            return ref;
        }

        @Override
        public Receive<Command> createReceive() {
            return newReceiveBuilder()
                    .onMessage(Drain.class, this::onDrain)
                    .onMessage(SourcesDrained.class, drained -> onSourcesDrained())
                    .onMessage(FromDirectory.class, this::onCollectors)
                    .onMessage(PartEnded.class, this::onPartEnded)
                    .build();
        }

        private Behavior<Command> onDrain(Drain drain) {
            waiting.add(drain.replyTo());
            if (collectorAlive || hasSinks) {
                drainSources(drain.limit());
            } else {
                drainSourcesInVain();
            }
            return this;
        }

        private void drainSources(Duration limit) {
            sources.tell(new Sources.Drain(limit, getContext().messageAdapter(Done.class, SourcesDrained::new)));
        }

        /** A node that was downed is cut off, for one, and should start anew rather than wait. */
        private void drainSourcesInVain() {
            getContext().getLog().info("no collector answers, so nobody waits for acknowledgements");
            drainSources(Duration.ZERO);
        }

        private Behavior<Command> onSourcesDrained() {
            waiting.forEach(replyTo -> replyTo.tell(Done.getInstance()));
            waiting.clear();
            return this;
        }

        private Behavior<Command> onCollectors(FromDirectory message) {
            boolean before = collectorAlive;
            collectorAlive = message.collectors().all().stream().anyMatch(CollectorView::alive);
            if (before && !collectorAlive && !hasSinks && !waiting.isEmpty()) {
                drainSourcesInVain();
            }
            return this;
        }

        private Behavior<Command> onPartEnded(PartEnded ended) {
            getContext().getLog().error("{} ended, which it must not; so does the agent", ended.part());
            return Behaviors.stopped();
        }
    }
}
