package org.millrace.sink;

import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
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
 * <p>A store that neither stores nor fails is left to its own retries; a warning says so after 10 s.
 * Ends when its channel ends.
 */
public final class SinkRunner {
    /** What a sink understands. */
    public sealed interface Command {}

    /** Asks for the state at this moment. */
    public record GetState(ActorRef<State> replyTo) implements Command {}

    /** Asks for the state at this moment and whenever it changes. */
    public record Subscribe(ActorRef<State> replyTo) implements Command {}

    /**
     * Ends the sink: takes no more from the channel, stores what was taken, closes the store's files,
     * and stops. What is not stored within {@code limit} goes back to the channel. Of several, the last
     * one's limit holds.
     */
    public record Stop(Duration limit, ActorRef<Stopped> replyTo) implements Command {}

    private record SubscriberGone(ActorRef<State> subscriber) implements Command {}

    private record Probed(Throwable failure) implements Command {}

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
        /** The store failed and is tried again and again. */
        RETRYING
    }

    /**
     * The state of a sink.
     *
     * @param reason why the store is retried, for people; empty in the other phases
     */
    public record State(String sink, Phase phase, String reason) {}

    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    /** How long a store may take to give up after it was told to, before the sink ends without it. */
    private static final Duration ABORT_LIMIT = Duration.ofSeconds(5);

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

    /** These four are read by gauges too. */
    private volatile State state;

    private volatile SinkRun run;
    private volatile StallWatch watch = StallWatch.START;

    /** Failures in a row without anything stored in between. */
    private int failures;

    private Instant failingSince = Instant.EPOCH;
    private String lastWarned = "";
    /** The last run could not store what it had taken: the store's word alone does not make it ready. */
    private boolean mustStore;

    private boolean aborted;

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
        meters.gauge("stalled.ms", () -> watch.still().toMillis());
        timers.startTimerWithFixedDelay(Signal.LOOK, LOOK_EVERY);
        return probe();
    }

    // probing: the store was asked and has not answered

    private Behavior<Command> probe() {
        CompletionStage<Done> answer;
        try {
            answer = store.probe();
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        context.pipeToSelf(answer, (done, failure) -> new Probed(failure));
        watch = StallWatch.START;
        return idle().onMessage(Probed.class, this::onProbed)
                .onMessageEquals(Signal.LOOK, () -> look(1, 0, "the store has not answered for {} s"))
                .build();
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
        watch = StallWatch.START;
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
                .onMessageEquals(
                        Signal.LOOK,
                        () -> look(run.open(), run.stored(), "nothing stored for {} s, {} batches wait for the store"));
    }

    private Behavior<Command> onFirstStored() {
        failures = 0;
        mustStore = false;
        becomeReady();
        return Behaviors.same();
    }

    private Behavior<Command> onRunEnded(RunEnded end) {
        mustStore = run.open() > 0;
        return pause(Objects.requireNonNullElseGet(
                end.failure(), () -> new IllegalStateException("the store ended without being told to")));
    }

    private Behavior<Command> look(long open, long stored, String warning) {
        StallWatch before = watch;
        watch = before.look(stored, open, LOOK_EVERY);
        if (watch.stalled() && !before.stalled()) {
            LOG.warn("sink {}: " + warning, settings.name(), watch.still().toSeconds(), open);
        } else if (before.stalled() && !watch.stalled()) {
            LOG.info(
                    "sink {}: moves again after {} s",
                    settings.name(),
                    before.still().toSeconds());
        }
        return Behaviors.same();
    }

    // pausing: the store failed

    private Behavior<Command> pause(Throwable failure) {
        run = null;
        watch = StallWatch.START;
        failed.increment();
        failures++;
        if (failures == 1) {
            failingSince = clock.instant();
        }
        Duration pause = settings.retry().pauseAfter(failures);
        String reason = reason(failure);
        warn(reason, pause);
        LOG.debug("sink {}: cannot store", settings.name(), failure);
        become(new State(settings.name(), Phase.RETRYING, reason));
        timers.startSingleTimer(Signal.TRY_AGAIN, pause);
        return idle().onMessageEquals(Signal.TRY_AGAIN, this::probe)
                .onMessageEquals(Signal.LOOK, Behaviors::same)
                .build();
    }

    /** At the 1st, 2nd, 4th, 8th ... failure in a row, and when the reason is another. */
    private void warn(String reason, Duration pause) {
        if (Integer.bitCount(failures) == 1 || !reason.equals(lastWarned)) {
            lastWarned = reason;
            LOG.warn(
                    "sink {}: cannot store: {} (failure {} since {}); next try in {} ms",
                    settings.name(),
                    reason,
                    failures,
                    failingSince,
                    pause.toMillis());
        }
    }

    /** The innermost message that says something: what wraps it adds class names only. */
    private static String reason(Throwable failure) {
        Throwable at = failure;
        while ((at instanceof CompletionException || at instanceof ExecutionException) && at.getCause() != null) {
            at = at.getCause();
        }
        return at.getMessage() == null || at.getMessage().isBlank() ? at.toString() : at.getMessage();
    }

    // stopping: the stream drains

    private Behavior<Command> drain(Stop stop) {
        stoppers.add(stop.replyTo());
        run.drain();
        timers.startSingleTimer(Signal.DRAIN_LIMIT, stop.limit());
        return whileRunning()
                .onMessage(RunEnded.class, this::onDrained)
                .onMessage(Stop.class, this::onStopAgain)
                .onMessageEquals(Signal.DRAIN_LIMIT, this::onDrainLimit)
                .onMessageEquals(Signal.ABORT_LIMIT, this::onAbortLimit)
                .onMessageEquals(Signal.CHANNEL_GONE, this::stopWithChannel)
                .build();
    }

    private Behavior<Command> onStopAgain(Stop stop) {
        stoppers.add(stop.replyTo());
        if (!aborted) {
            timers.startSingleTimer(Signal.DRAIN_LIMIT, stop.limit());
        }
        return Behaviors.same();
    }

    private Behavior<Command> onDrained(RunEnded end) {
        if (end.failure() != null && !aborted) {
            LOG.warn("sink {}: {}", settings.name(), reason(end.failure()));
        }
        return stopped(run.open());
    }

    private Behavior<Command> onDrainLimit() {
        LOG.warn(
                "sink {}: {} batches could not be stored in time and stay unacknowledged", settings.name(), run.open());
        aborted = true;
        run.abort();
        timers.startSingleTimer(Signal.ABORT_LIMIT, ABORT_LIMIT);
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
                .onMessage(SubscriberGone.class, this::onSubscriberGone);
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
            LOG.info("sink {}: stores again; had failed since {}", settings.name(), failingSince);
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
