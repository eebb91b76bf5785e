package org.millrace.collector;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.typed.Cluster;
import org.millrace.channel.Channel;
import org.millrace.channel.ChannelSettings;
import org.millrace.channel.Inlet;
import org.millrace.delivery.Delivery;
import org.millrace.delivery.ReceiverRehearsal;
import org.millrace.delivery.Receivers;
import org.millrace.sink.DeadLetterFile;
import org.millrace.sink.SinkRunner;
import org.millrace.sink.Store;
import org.millrace.source.node.Sources;
import org.millrace.telemetry.Telemetry;

/**
 * A whole collector as one behaviour: its channels, a sink for each, the receivers, and sources beside
 * them where it has any. Spawn it in any
 * actor system that is a member of the agents' cluster with the roles {@code collector}, {@code
 * priority-N} and {@code node-NAME}; one collector an actor system.
 *
 * <pre>{@code
 * Config config = ConfigFile.load(file);
 * ConfigProblems problems = new ConfigProblems();
 * CollectorSettings settings = CollectorSettings.from(config, problems);
 * ClusterSettings cluster = ClusterSettings.from(config, problems);
 * problems.throwIfAny();
 * Behavior<Void> guardian = Behaviors.setup(context -> {
 *     context.spawn(CollectorNode.create(settings, Telemetry.inMemory()), "collector");
 *     return Behaviors.empty();
 * });
 * Set<String> roles =
 *     Set.of(Roles.COLLECTOR, Roles.priority(settings.priority()), Roles.node(settings.name()));
 * Config systemConfig = ClusterConfig.systemConfig(cluster, roles, config);
 * ActorSystem<Void> system = ActorSystem.create(guardian, ClusterConfig.SYSTEM_NAME, systemConfig);
 * }</pre>
 *
 * <p>It stops, with an error in the log, when a part of it ends that must not; its parent can watch
 * it. What was not acknowledged then comes again from the agents.
 */
public final class CollectorNode {
    /** What it understands. */
    public sealed interface Command {}

    /**
     * Takes nothing new, stores what it has, closes the sinks' files, and answers, all within {@code
     * limit}; gives up what the stores do not take in time. The collector stays, and takes nothing any
     * more. Of several, the last one's limit holds.
     */
    public record Drain(Duration limit, ActorRef<Done> replyTo) implements Command {}

    private record SinkChanged(SinkRunner.State state) implements Command {}

    private record SinkUnready(SinkRunner.State state) implements Command {}

    /** One of the two that take events in has ended well. */
    private record InputEnded(String part) implements Command {}

    private enum DrainLimit implements Command {
        INSTANCE
    }

    private record SinkStopped(SinkRunner.Stopped stopped) implements Command {}

    private record PartEnded(String part) implements Command {}

    /**
     * How long a store may fail before agents are told that this collector is not ready. They then
     * prefer another, if there is one that is. A shorter time would let a hiccup of a store that all
     * collectors share move lanes to and fro, and give a collector that has nothing to store no time to
     * notice that the store is away for it too; a longer one would keep agents waiting while another
     * collector could store.
     */
    private static final Duration UNREADY_AFTER = Duration.ofSeconds(5);

    /**
     * How long sinks may take to end, at most, and half the drain's limit if that is less: to store what
     * they have in hand and close their files, and to give up. A file that is not closed by then is closed
     * at the next start, or by a survivor: not worth keeping whoever waits for this node's end.
     */
    private static final Duration END_LIMIT = Duration.ofSeconds(15);

    private static final String RECEIVERS = "receivers";
    private static final String SOURCES = "sources";

    private CollectorNode() {}

    /** A collector that starts at once; agents find it ready when its stores have answered. */
    public static Behavior<Command> create(CollectorSettings settings, Telemetry telemetry) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new Running(context, timers, settings, telemetry)));
    }

    private static final class Running extends AbstractBehavior<Command> {
        private final TimerScheduler<Command> timers;
        private final CollectorSettings settings;
        private final Telemetry telemetry;
        private final Map<String, ActorRef<Channel.Command>> channels = new HashMap<>();
        private final Map<String, ActorRef<SinkRunner.Command>> sinks = new HashMap<>();
        private final Map<String, Store> stores = new HashMap<>();
        /** The sinks whose stores do not answer, and what is known of the reason. */
        private final Map<String, String> unready = new TreeMap<>();

        private final Set<String> stopping = new HashSet<>();
        private final ActorRef<SinkRunner.State> sinkStates;
        private final ActorRef<Receivers.Command> receivers;
        private final ActorRef<Sources.Command> sources;
        private final Set<String> inputs = new HashSet<>(Set.of(RECEIVERS, SOURCES));
        private final ActorRef<DeadFiles.Command> deadFiles;
        private Optional<Drain> draining = Optional.empty();
        private final List<ActorRef<Done>> drained = new ArrayList<>();
        private boolean sinksStopping;

        Running(
                ActorContext<Command> context,
                TimerScheduler<Command> timers,
                CollectorSettings settings,
                Telemetry telemetry) {
            super(context);
            context.setLoggerName(CollectorNode.class);
            this.timers = timers;
            this.settings = settings;
            this.telemetry = telemetry;
            this.sinkStates = context.messageAdapter(SinkRunner.State.class, SinkChanged::new);
            for (ChannelSettings channel : settings.channels()) {
                channels.put(
                        channel.name(),
                        part(
                                "channel " + channel.name(),
                                context.spawn(
                                        Channel.create(channel, telemetry),
                                        "channel-" + channel.name(),
                                        Channel.props())));
            }
            settings.sinks().forEach(this::runSink);
            this.deadFiles = part("recovery of dead files", context.spawn(DeadFiles.create(stores), "dead-files"));
            ActorSystem<?> system = context.getSystem();
            Inlet inlet = new Inlet(
                    settings.interceptors(), settings.selector(), channels, telemetry.part("flow", settings.name()));
            long uid = Cluster.get(system).selfMember().uniqueAddress().longUid();
            this.receivers = part(
                    RECEIVERS,
                    system.systemActorOf(
                            Receivers.create(uid, inlet, settings.delivery(), telemetry),
                            Delivery.RECEIVERS_NAME,
                            Props.empty()));
            context.spawn(ReceiverRehearsal.create(), "rehearsal");
            this.sources =
                    part(SOURCES, context.spawn(Sources.create(settings.sources(), channels, telemetry), SOURCES));
        }

        private void runSink(CollectorSettings.SinkPart sink) {
            String name = sink.common().name();
            unready.put(name, "");
            DeadLetterFile deadLetters = DeadLetterFile.create(name, settings.deadLetters(), telemetry);
            Store store = sink.store()
                    .create(
                            settings.name(),
                            deadLetters,
                            telemetry,
                            getContext().getSystem());
            stores.put(name, store);
            ActorRef<SinkRunner.Command> runner = getContext()
                    .spawn(
                            SinkRunner.create(
                                    sink.common(),
                                    store,
                                    channels.get(sink.common().channel()),
                                    telemetry),
                            "sink-" + name);
            sinks.put(name, part("sink " + name, runner));
            runner.tell(new SinkRunner.Subscribe(sinkStates));
        }

        private <T> ActorRef<T> part(String name, ActorRef<T> ref) {
            getContext().watchWith(ref, new PartEnded(name));
            return ref;
        }

        @Override
        public Receive<Command> createReceive() {
            return newReceiveBuilder()
                    .onMessage(SinkChanged.class, this::onSinkChanged)
                    .onMessage(SinkUnready.class, this::onSinkUnready)
                    .onMessage(Drain.class, this::onDrain)
                    .onMessage(InputEnded.class, this::onInputEnded)
                    .onMessage(DrainLimit.class, this::onDrainLimit)
                    .onMessage(SinkStopped.class, this::onSinkStopped)
                    .onMessage(PartEnded.class, this::onPartEnded)
                    .onSignal(PostStop.class, this::onPostStop)
                    .build();
        }

        private Behavior<Command> onSinkChanged(SinkChanged change) {
            SinkRunner.State state = change.state();
            switch (state.phase()) {
                case READY -> onSinkReady(state.sink());
                // These have had their time.
                case SILENT, STALLED -> onSinkUnready(new SinkUnready(state));
                case CONNECTING, RETRYING -> {
                    boolean known = unready.computeIfPresent(state.sink(), (sink, was) -> state.reason()) != null;
                    if (!known && !timers.isTimerActive(state.sink())) {
                        timers.startSingleTimer(state.sink(), new SinkUnready(state), UNREADY_AFTER);
                    }
                }
            }
            return this;
        }

        private void onSinkReady(String sink) {
            timers.cancel(sink);
            if (unready.remove(sink) != null && unready.isEmpty() && draining.isEmpty()) {
                receivers.tell(new Receivers.Ready(true));
                getContext().getLog().info("ready: every store answers");
            }
        }

        private Behavior<Command> onSinkUnready(SinkUnready message) {
            SinkRunner.State state = message.state();
            timers.cancel(state.sink());
            if (unready.put(state.sink(), state.reason()) == null && draining.isEmpty()) {
                receivers.tell(new Receivers.Ready(false));
                getContext()
                        .getLog()
                        .warn("not ready; agents turn to a collector that is, if there is one: sinks {}", unready);
            }
            return this;
        }

        private Behavior<Command> onDrain(Drain drain) {
            boolean first = draining.isEmpty();
            draining = Optional.of(drain);
            drained.add(drain.replyTo());
            if (sinksStopping) {
                tellSinksToStop(drain.limit());
                return this;
            }
            timers.startSingleTimer(DrainLimit.INSTANCE, drain.limit().minus(endLimit(drain.limit())));
            if (!first) {
                return this;
            }
            getContext().getLog().info("finishing what was received");
            // Others that are up take care of the dead now; its end is no failure.
            getContext().unwatch(deadFiles);
            getContext().stop(deadFiles);
            receivers.tell(new Receivers.Drain(
                    getContext().messageAdapter(Receivers.Drained.class, drained -> new InputEnded(RECEIVERS))));
            sources.tell(new Sources.Drain(
                    drain.limit(), getContext().messageAdapter(Done.class, done -> new InputEnded(SOURCES))));
            return this;
        }

        private Behavior<Command> onInputEnded(InputEnded ended) {
            inputs.remove(ended.part());
            return inputs.isEmpty() ? stopSinks() : this;
        }

        private Behavior<Command> onDrainLimit(DrainLimit limit) {
            if (!sinksStopping) {
                getContext()
                        .getLog()
                        .warn("a store did not take everything in time; the agents send the rest elsewhere");
            }
            return stopSinks();
        }

        private Behavior<Command> stopSinks() {
            if (sinksStopping || draining.isEmpty()) {
                return this;
            }
            sinksStopping = true;
            timers.cancel(DrainLimit.INSTANCE);
            stopping.addAll(sinks.keySet());
            tellSinksToStop(draining.get().limit());
            return this;
        }

        private void tellSinksToStop(Duration limit) {
            ActorRef<SinkRunner.Stopped> replyTo =
                    getContext().messageAdapter(SinkRunner.Stopped.class, SinkStopped::new);
            stopping.forEach(sink -> sinks.get(sink).tell(new SinkRunner.Stop(endLimit(limit), replyTo)));
            tellDrained();
        }

        private static Duration endLimit(Duration limit) {
            Duration half = limit.dividedBy(2);
            return half.compareTo(END_LIMIT) < 0 ? half : END_LIMIT;
        }

        private void tellDrained() {
            if (stopping.isEmpty()) {
                drained.forEach(replyTo -> replyTo.tell(Done.getInstance()));
            }
        }

        private Behavior<Command> onSinkStopped(SinkStopped message) {
            SinkRunner.Stopped stopped = message.stopped();
            if (stopping.remove(stopped.sink())) {
                if (stopped.unstored() > 0) {
                    getContext().getLog().warn("sink {} gave up {} batches", stopped.sink(), stopped.unstored());
                }
                tellDrained();
            }
            return this;
        }

        private Behavior<Command> onPartEnded(PartEnded ended) {
            if (sinksStopping) {
                return this;
            }
            getContext().getLog().error("{} ended, which it must not; so does the collector", ended.part());
            return Behaviors.stopped();
        }

        private Behavior<Command> onPostStop(PostStop signal) {
            receivers.tell(Receivers.Stop.INSTANCE);
            return this;
        }
    }
}
