package org.millrace.sink;

import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.ReceiveBuilder;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.stream.Materializer;
import org.millrace.channel.Channel;
import org.millrace.telemetry.Telemetry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves what is in a channel into a store, for as long as it takes: asks the store whether it
 * answers, runs a stream through it, and starts over, after a pause, whenever one of these fails.
 * Batches that a failed stream had taken and not stored go back to the channel and come again, in
 * order.
 *
 * <p>A store that neither stores nor fails is left to its own retries; a warning says so after 10 s. One
 * that has nothing to store is asked every two seconds whether it answers. Ends when its channel ends.
 */
public final class SinkRunner {
    /** What a sink understands. */
    public sealed interface Command {}

    /** Asks for the state at this moment. */
    public record GetState(ActorRef<State> replyTo) implements Command {}

    /** Asks for the state at this moment and whenever it changes. */
    public record Subscribe(ActorRef<State> replyTo) implements Command {}

    /**
     * Ends the sink within {@code limit}: takes no more from the channel, stores what was taken, closes
     * the store's files, and stops. What is not stored in time for the store to let go of it, a third of
     * the limit and five seconds at most, goes back to the channel. Of several, the last one's limit holds.
     */
    public record Stop(Duration limit, ActorRef<Stopped> replyTo) implements Command {}

    private record SubscriberGone(ActorRef<State> subscriber) implements Command {}

    private record Probed(Throwable failure) implements Command {}

    private record Answered(SinkRun asker, Throwable failure) implements Command {}

    private record RunEnded(Throwable failure) implements Command {}

    private enum Signal implements Command {
        FIRST_STORED,
        TRY_AGAIN,
        LOOK,
        DRAIN_LIMIT,
        ABORT_LIMIT,
        CHANNEL_GONE
    }

    /** Answers {@link Stop}: the sink has ended, with so many batches taken and not stored. */
    public record Stopped(String sink, long unstored) {}

    /** What a sink is doing. */
    public enum Phase {
        /** The store was asked for the first time and has not answered. */
        CONNECTING,
        /** The store answered, or stored, and has not failed since. */
        READY,
        /** Nothing waits for the store, which was asked and does not answer. */
        SILENT,
        /** Something waits for the store, which neither stores nor fails. */
        STALLED,
        /** The store failed and is tried again and again. */
        RETRYING
    }

    /**
     * The state of a sink.
     *
     * @param reason why the store is not ready, for people; empty while it is, or has not failed yet
     */
    public record State(String sink, Phase phase, String reason) {}

    /** How long a store may take to give up after it was told to, before the sink ends without it. */
    private static final Duration LONGEST_ABORT = Duration.ofSeconds(5);
    /** Where nobody wants to wait at all. */
    private static final Duration SHORTEST_ABORT = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(SinkRunner.class);

    private final ActorContext<Command> context;
    private final TimerScheduler<Command> timers;
    private final SinkSettings settings;
    private final Store store;
    private final ActorRef<Channel.Command> channel;
    private final InstantSource clock;
    private final Telemetry.Part meters;
    private final Counter failed;
    private final Materializer materializer;
    private final Set<ActorRef<State>> subscribers = new LinkedHashSet<>();
    private final List<ActorRef<Stopped>> stoppers = new ArrayList<>();

    private final StoreWatch watch;
    private final Failures failures = new Failures();
    /** These two are read by gauges too. */
    private volatile State state;

    private volatile SinkRun run;
    /** The last run could not store what it had taken: the store's word alone does not make it ready. */
    private boolean mustStore;

    private boolean aborted;
    private Duration abortLimit = LONGEST_ABORT;

    private SinkRunner(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            SinkSettings settings,
            Store store,
            ActorRef<Channel.Command> channel,
            Telemetry telemetry,
            InstantSource clock) {
        this.context = context;
        this.timers = timers;
        this.settings = settings;
        this.store = store;
        this.channel = channel;
        this.clock = clock;
        this.meters = telemetry.part("sink", settings.name());
        this.failed = meters.counter("failures");
        this.watch = new StoreWatch(settings.name());
        this.materializer = Materializer.createMaterializer(context);
        this.state = new State(settings.name(), Phase.CONNECTING, "");
    }

    /** A sink that begins at once. */
    public static Behavior<Command> create(
            SinkSettings settings, Store store, ActorRef<Channel.Command> channel, Telemetry telemetry) {
        return create(settings, store, channel, telemetry, InstantSource.system());
    }

    static Behavior<Command> create(
            SinkSettings settings,
            Store store,
            ActorRef<Channel.Command> channel,
            Telemetry telemetry,
            InstantSource clock) {
        return Behaviors.setup(context -> Behaviors.withTimers(
                timers -> new SinkRunner(context, timers, settings, store, channel, telemetry, clock).begin()));
    }

    private Behavior<Command> begin() {
        context.watchWith(channel, Signal.CHANNEL_GONE);
        meters.gauge("ready", () -> state.phase() == Phase.READY ? 1 : 0);
        meters.gauge("open.batches", () -> run == null ? 0 : run.open());
        meters.gauge("stalled.ms", () -> watch.health().stall().still().toMillis());
        timers.startTimerWithFixedDelay(Signal.LOOK, StoreWatch.LOOK_EVERY);
        return probe();
    }

    // probing: the store was asked and has not answered

    private Behavior<Command> probe() {
        context.pipeToSelf(answer(store::probe), (done, failure) -> new Probed(failure));
        watch.begin();
        return idle().onMessage(Probed.class, this::onProbed)
                .onMessageEquals(Signal.LOOK, () -> {
                    watch.lookAtProbe();
                    return Behaviors.same();
                })
                .build();
    }

    private static CompletionStage<Done> answer(Supplier<CompletionStage<Done>> question) {
        try {
            return question.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Behavior<Command> onProbed(Probed probed) {
        if (probed.failure() != null) {
            return pause(probed.failure());
        }
        try {
            run = new SinkRun(
                    settings,
                    store,
                    channel,
                    meters,
                    materializer,
                    () -> context.getSelf().tell(Signal.FIRST_STORED));
        } catch (RuntimeException e) {
            return pause(e);
        }
        context.pipeToSelf(run.ended(), (done, failure) -> new RunEnded(failure));
        watch.begin();
        if (!mustStore) {
            becomeReady();
        }
        return running();
    }

    // running: the stream is up

    private Behavior<Command> running() {
        return whileRunning()
                .onMessage(RunEnded.class, this::onRunEnded)
                .onMessage(Stop.class, this::drain)
                .onMessageEquals(Signal.CHANNEL_GONE, this::stopWithChannel)
                .build();
    }

    private ReceiveBuilder<Command> whileRunning() {
        return always().onMessageEquals(Signal.FIRST_STORED, this::onFirstStored)
                .onMessageEquals(Signal.LOOK, this::look);
    }

    private Behavior<Command> onFirstStored() {
        failures.over();
        mustStore = false;
        becomeReady();
        return Behaviors.same();
    }

    private Behavior<Command> onRunEnded(RunEnded end) {
        mustStore = run.open() > 0;
        return pause(Objects.requireNonNullElseGet(
                end.failure(), () -> new IllegalStateException("the store ended without being told to")));
    }

    private Behavior<Command> look() {
        if (watch.look(run)) {
            SinkRun asker = run;
            context.pipeToSelf(answer(store::probeIdle), (done, failure) -> new Answered(asker, failure));
        }
        return judge();
    }

    private Behavior<Command> onAnswered(Answered answered) {
        if (answered.asker() != run) {
            return Behaviors.same();
        }
        watch.answered(run, answered.failure());
        return judge();
    }

    private Behavior<Command> judge() {
        if (!mustStore) {
            StoreHealth health = watch.health();
            switch (health.verdict()) {
                case FINE -> becomeReady();
                case SILENT -> become(new State(settings.name(), Phase.SILENT, health.reason()));
                case STALLED -> become(new State(settings.name(), Phase.STALLED, health.reason()));
            }
        }
        return Behaviors.same();
    }

    // pausing: the store failed

    private Behavior<Command> pause(Throwable failure) {
        run = null;
        watch.begin();
        failed.increment();
        failures.add(clock.instant());
        Duration pause = settings.retry().pauseAfter(failures.count());
        String reason = Failures.reason(failure);
        if (failures.isWorthTelling(reason)) {
            LOG.warn(
                    "sink {}: cannot store: {} (failure {} since {}); next try in {} ms",
                    settings.name(),
                    reason,
                    failures.count(),
                    failures.since(),
                    pause.toMillis());
        }
        LOG.debug("sink {}: cannot store", settings.name(), failure);
        become(new State(settings.name(), Phase.RETRYING, reason));
        timers.startSingleTimer(Signal.TRY_AGAIN, pause);
        return idle().onMessageEquals(Signal.TRY_AGAIN, this::probe)
                .onMessageEquals(Signal.LOOK, Behaviors::same)
                .build();
    }

    // stopping: the stream drains

    private Behavior<Command> drain(Stop stop) {
        run.drain();
        Behavior<Command> unused = onStop(stop);
        return whileRunning()
                .onMessage(RunEnded.class, this::onDrained)
                .onMessage(Stop.class, this::onStop)
                .onMessageEquals(Signal.DRAIN_LIMIT, this::onDrainLimit)
                .onMessageEquals(Signal.ABORT_LIMIT, this::onAbortLimit)
                .onMessageEquals(Signal.CHANNEL_GONE, this::stopWithChannel)
                .build();
    }

    private Behavior<Command> onStop(Stop stop) {
        stoppers.add(stop.replyTo());
        if (!aborted) {
            abortLimit = abortLimit(stop.limit());
            Duration rest = stop.limit().minus(abortLimit);
            timers.startSingleTimer(Signal.DRAIN_LIMIT, rest.isNegative() ? Duration.ZERO : rest);
        }
        return Behaviors.same();
    }

    private static Duration abortLimit(Duration limit) {
        Duration third = limit.dividedBy(3);
        Duration enough = third.compareTo(SHORTEST_ABORT) < 0 ? SHORTEST_ABORT : third;
        return enough.compareTo(LONGEST_ABORT) > 0 ? LONGEST_ABORT : enough;
    }

    private Behavior<Command> onDrained(RunEnded end) {
        if (end.failure() != null && !aborted) {
            LOG.warn("sink {}: {}", settings.name(), Failures.reason(end.failure()));
        }
        return stopped(run.open());
    }

    private Behavior<Command> onDrainLimit() {
        LOG.warn(
                "sink {}: {} batches could not be stored in time and stay unacknowledged", settings.name(), run.open());
        aborted = true;
        run.abort();
        timers.startSingleTimer(Signal.ABORT_LIMIT, abortLimit);
        return Behaviors.same();
    }

    private Behavior<Command> onAbortLimit() {
        LOG.warn("sink {}: the store does not let go; ending without it", settings.name());
        return stopped(run.open());
    }

    private Behavior<Command> stopWithChannel() {
        LOG.info("sink {}: its channel {} has ended", settings.name(), settings.channel());
        return stopped(run == null ? 0 : run.open());
    }

    private Behavior<Command> stopped(long unstored) {
        Stopped stopped = new Stopped(settings.name(), unstored);
        stoppers.forEach(replyTo -> replyTo.tell(stopped));
        return Behaviors.stopped();
    }

    // in every state

    private ReceiveBuilder<Command> idle() {
        return always().onMessage(Stop.class, stop -> {
                    stoppers.add(stop.replyTo());
                    return stopped(0);
                })
                .onMessageEquals(Signal.CHANNEL_GONE, this::stopWithChannel);
    }

    private ReceiveBuilder<Command> always() {
        return ReceiveBuilder.<Command>create()
                .onMessage(GetState.class, this::onGetState)
                .onMessage(Subscribe.class, this::onSubscribe)
                .onMessage(SubscriberGone.class, this::onSubscriberGone)
                // It may come when its run is over.
                .onMessage(Answered.class, this::onAnswered);
    }

    private Behavior<Command> onGetState(GetState get) {
        get.replyTo().tell(state);
        return Behaviors.same();
    }

    private Behavior<Command> onSubscribe(Subscribe subscribe) {
        if (subscribers.add(subscribe.replyTo())) {
            context.watchWith(subscribe.replyTo(), new SubscriberGone(subscribe.replyTo()));
        }
        subscribe.replyTo().tell(state);
        return Behaviors.same();
    }

    private Behavior<Command> onSubscriberGone(SubscriberGone gone) {
        subscribers.remove(gone.subscriber());
        return Behaviors.same();
    }

    private void becomeReady() {
        if (state.phase() == Phase.RETRYING) {
            LOG.info("sink {}: stores again; had failed since {}", settings.name(), failures.since());
        } else if (state.phase() == Phase.CONNECTING) {
            LOG.info("sink {}: connected", settings.name());
        }
        become(new State(settings.name(), Phase.READY, ""));
    }

    private void become(State next) {
        if (!next.equals(state)) {
            state = next;
            subscribers.forEach(subscriber -> subscriber.tell(next));
        }
    }
}
