package org.millrace.agent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.millrace.channel.Channel;
import org.millrace.channel.ChannelSettings;
import org.millrace.channel.Inlet;
import org.millrace.delivery.CollectorDirectory;
import org.millrace.delivery.LaneDispatcher;
import org.millrace.route.CollectorView;
import org.millrace.sink.SinkRunner;
import org.millrace.sink.Store;
import org.millrace.sink.avro.AvroSettings;
import org.millrace.sink.avro.AvroStore;
import org.millrace.source.SourceRefusedException;
import org.millrace.source.SourceRunner;
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
    private static final Duration SOURCE_PAUSE = Duration.ofSeconds(5);

    /** What it understands. */
    public sealed interface Command {}

    /**
     * Reads no more, waits until what was read is committed, at most {@code limit}, and ends the
     * sources; answers when their state is on disk. Waits for nothing once no collector is there to commit
     * it: the sources read it again. The agent stays, without sources. Of several, the last one's limit
     * holds.
     */
    public record Drain(Duration limit, ActorRef<Done> replyTo) implements Command {}

    private record RunSource(String name) implements Command {}

    private record SourceEnded(SourceRunner.SourceFailed failed) implements Command {}

    private record SourceStopped(SourceRunner.Stopped stopped) implements Command {}

    private record PartEnded(String part) implements Command {}

    private record FromDirectory(CollectorDirectory.Collectors collectors) implements Command {}

    private AgentNode() {}

    /** An agent that starts at once. */
    public static Behavior<Command> create(AgentSettings settings, Telemetry telemetry) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new Running(context, timers, settings, telemetry)));
    }

    private static final class Running extends AbstractBehavior<Command> {
        private final TimerScheduler<Command> timers;
        private final Telemetry telemetry;
        private final Map<String, ActorRef<Channel.Command>> channels = new HashMap<>();
        private final Map<String, AgentSettings.SourceSettings> sources = new HashMap<>();
        private final Map<String, ActorRef<SourceRunner.Command>> running = new HashMap<>();
        private final Set<String> stopping = new HashSet<>();
        private final List<ActorRef<Done>> drained = new ArrayList<>();
        /** Whether a collector is there that could acknowledge what was sent. */
        private boolean collectorAlive;

        Running(
                ActorContext<Command> context,
                TimerScheduler<Command> timers,
                AgentSettings settings,
                Telemetry telemetry) {
            super(context);
            context.setLoggerName(AgentNode.class);
            this.timers = timers;
            this.telemetry = telemetry;
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
            for (AgentSettings.SourceSettings source : settings.sources()) {
                sources.put(source.name(), source);
                runSource(source.name());
            }
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
                    .onMessage(RunSource.class, run -> runSource(run.name()))
                    .onMessage(SourceEnded.class, this::onSourceEnded)
                    .onMessage(Drain.class, this::onDrain)
                    .onMessage(FromDirectory.class, this::onCollectors)
                    .onMessage(SourceStopped.class, this::onSourceStopped)
                    .onMessage(PartEnded.class, this::onPartEnded)
                    .onSignal(ChildFailed.class, this::onRunnerFailed)
                    .onSignal(Terminated.class, ended -> this)
                    .build();
        }

        private Behavior<Command> runSource(String name) {
            AgentSettings.SourceSettings source = sources.get(name);
            if (drained.isEmpty()) {
                ActorRef<SourceRunner.SourceFailed> owner =
                        getContext().messageAdapter(SourceRunner.SourceFailed.class, SourceEnded::new);
                Map<String, ActorRef<Channel.Command>> into = new HashMap<>(channels);
                into.keySet().retainAll(source.channels());
                Inlet inlet = new Inlet(source.interceptors(), source.selector(), into, telemetry.part("flow", name));
                ActorRef<SourceRunner.Command> runner = getContext()
                        .spawnAnonymous(SourceRunner.create(source.eventSource(telemetry), inlet, telemetry, owner));
                getContext().watch(runner);
                running.put(name, runner);
            }
            return this;
        }

        private Behavior<Command> onSourceEnded(SourceEnded ended) {
            String name = ended.failed().source();
            Throwable cause = ended.failed().cause();
            running.remove(name);
            if (cause instanceof SourceRefusedException) {
                getContext().getLog().error("source {} refuses to run: {}", name, cause.getMessage());
                return Behaviors.stopped();
            }
            getContext()
                    .getLog()
                    .error(
                            "source {} failed: {}; it runs again in {} s",
                            name,
                            cause.toString(),
                            SOURCE_PAUSE.toSeconds());
            telemetry.part("source", name).counter("failures").increment();
            timers.startSingleTimer(name, new RunSource(name), SOURCE_PAUSE);
            sourceDone(name);
            return this;
        }

        /** A runner that fails says nothing itself, such as where an interceptor throws. */
        private Behavior<Command> onRunnerFailed(ChildFailed failed) {
            for (Map.Entry<String, ActorRef<SourceRunner.Command>> runner :
                    Map.copyOf(running).entrySet()) {
                if (runner.getValue().path().equals(failed.getRef().path())) {
                    onSourceEnded(new SourceEnded(new SourceRunner.SourceFailed(runner.getKey(), failed.cause())));
                }
            }
            return this;
        }

        private Behavior<Command> onDrain(Drain drain) {
            if (drained.isEmpty()) {
                stopping.addAll(running.keySet());
            }
            drained.add(drain.replyTo());
            if (collectorAlive) {
                stopSources(drain.limit());
            } else {
                stopSourcesInVain();
            }
            sourceDone("");
            return this;
        }

        private void stopSources(Duration limit) {
            ActorRef<SourceRunner.Stopped> replyTo =
                    getContext().messageAdapter(SourceRunner.Stopped.class, SourceStopped::new);
            stopping.forEach(source -> running.get(source).tell(new SourceRunner.Stop(limit, replyTo)));
        }

        /** A node that was downed is cut off, for one, and should start anew rather than wait. */
        private void stopSourcesInVain() {
            if (!stopping.isEmpty()) {
                getContext().getLog().info("no collector answers, so nobody waits for acknowledgements");
                stopSources(Duration.ZERO);
            }
        }

        private Behavior<Command> onCollectors(FromDirectory message) {
            boolean before = collectorAlive;
            collectorAlive = message.collectors().all().stream().anyMatch(CollectorView::alive);
            if (before && !collectorAlive) {
                stopSourcesInVain();
            }
            return this;
        }

        private Behavior<Command> onSourceStopped(SourceStopped message) {
            SourceRunner.Stopped stopped = message.stopped();
            getContext()
                    .getLog()
                    .info(
                            "source {} stopped; {}",
                            stopped.source(),
                            stopped.everythingCommitted()
                                    ? "everything it read is committed"
                                    : "what is not committed is read again at the next start");
            sourceDone(stopped.source());
            return this;
        }

        private void sourceDone(String name) {
            stopping.remove(name);
            if (stopping.isEmpty()) {
                drained.forEach(replyTo -> replyTo.tell(Done.getInstance()));
            }
        }

        private Behavior<Command> onPartEnded(PartEnded ended) {
            getContext().getLog().error("{} ended, which it must not; so does the agent", ended.part());
            return Behaviors.stopped();
        }
    }
}
