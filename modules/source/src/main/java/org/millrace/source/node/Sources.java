package org.millrace.source.node;

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
import org.millrace.channel.Inlet;
import org.millrace.source.SourceRefusedException;
import org.millrace.source.SourceRunner;
import org.millrace.telemetry.Telemetry;

/**
 * Keeps the sources of a node running. A source that fails for a passing reason is run again after
 * five seconds; when one refuses to run this stops, with an error in the log, and its parent can watch
 * it.
 */
public final class Sources {
    private static final Duration SOURCE_PAUSE = Duration.ofSeconds(5);

    /** What it understands. */
    public sealed interface Command {}

    /**
     * Reads no more, waits until what was read is committed, at most {@code limit}, and ends the
     * sources; answers when their state is on disk. Of several, the last one's limit holds.
     */
    public record Drain(Duration limit, ActorRef<Done> replyTo) implements Command {}

    private record RunSource(String name) implements Command {}

    private record SourceEnded(SourceRunner.SourceFailed failed) implements Command {}

    private record SourceStopped(SourceRunner.Stopped stopped) implements Command {}

    private Sources() {}

    /**
     * Sources that start at once.
     *
     * @param channels all channels of the node, by name
     */
    public static Behavior<Command> create(
            List<SourceSettings> sources, Map<String, ActorRef<Channel.Command>> channels, Telemetry telemetry) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new Running(context, timers, sources, channels, telemetry)));
    }

    private static final class Running extends AbstractBehavior<Command> {
        private final TimerScheduler<Command> timers;
        private final Telemetry telemetry;
        private final Map<String, ActorRef<Channel.Command>> channels;
        private final Map<String, SourceSettings> sources = new HashMap<>();
        private final Map<String, ActorRef<SourceRunner.Command>> running = new HashMap<>();
        private final Set<String> stopping = new HashSet<>();
        private final List<ActorRef<Done>> drained = new ArrayList<>();

        Running(
                ActorContext<Command> context,
                TimerScheduler<Command> timers,
                List<SourceSettings> sources,
                Map<String, ActorRef<Channel.Command>> channels,
                Telemetry telemetry) {
            super(context);
            context.setLoggerName(Sources.class);
            this.timers = timers;
            this.telemetry = telemetry;
            this.channels = Map.copyOf(channels);
            for (SourceSettings source : sources) {
                this.sources.put(source.name(), source);
                runSource(source.name());
            }
        }

        @Override
        public Receive<Command> createReceive() {
            return newReceiveBuilder()
                    .onMessage(RunSource.class, run -> runSource(run.name()))
                    .onMessage(SourceEnded.class, this::onSourceEnded)
                    .onMessage(Drain.class, this::onDrain)
                    .onMessage(SourceStopped.class, this::onSourceStopped)
                    .onSignal(ChildFailed.class, this::onRunnerFailed)
                    .onSignal(Terminated.class, ended -> this)
                    .build();
        }

        private Behavior<Command> runSource(String name) {
            SourceSettings source = sources.get(name);
            if (drained.isEmpty()) {
                ActorRef<SourceRunner.SourceFailed> owner =
                        getContext().messageAdapter(SourceRunner.SourceFailed.class, SourceEnded::new);
                Map<String, ActorRef<Channel.Command>> into = new HashMap<>(channels);
                into.keySet().retainAll(source.channels());
                Inlet inlet = new Inlet(source.interceptors(), source.selector(), into, telemetry.part("flow", name));
                ActorRef<SourceRunner.Command> runner = getContext()
                        .spawnAnonymous(SourceRunner.create(source.own().source(telemetry), inlet, telemetry, owner));
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
            ActorRef<SourceRunner.Stopped> replyTo =
                    getContext().messageAdapter(SourceRunner.Stopped.class, SourceStopped::new);
            stopping.forEach(source -> running.get(source).tell(new SourceRunner.Stop(drain.limit(), replyTo)));
            tellDrained();
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
                                    : "what is not committed comes again");
            sourceDone(stopped.source());
            return this;
        }

        private void sourceDone(String name) {
            stopping.remove(name);
            tellDrained();
        }

        private void tellDrained() {
            if (stopping.isEmpty()) {
                drained.forEach(replyTo -> replyTo.tell(Done.getInstance()));
            }
        }
    }
}
