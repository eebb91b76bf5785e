package org.millrace.source;

import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.UniqueKillSwitch;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.typed.javadsl.ActorSink;
import org.millrace.channel.Channel;
import org.millrace.channel.FanOut;
import org.millrace.channel.Inlet;
import org.millrace.event.EventBatch;
import org.millrace.event.Position;
import org.millrace.telemetry.Telemetry;

/**
 * Feeds the channels from one source and takes the acknowledgements back to it. While a channel is
 * full the source is not asked for more.
 *
 * <p>One actor is one run of the source: when the stream ends it stops, with {@link SourceFailed} told
 * to its owner, who runs the source again after a pause. A batch that is in a channel by then and
 * comes again has the same positions, so nothing is stored twice by a collector that has it.
 */
public final class SourceRunner {
    /** The source may read ahead of a channel's answers by as much. */
    private static final long READ_AHEAD_BYTES = 64 * 1024;
    /** Beyond that, batches in each buffer of the stream; Pekko's 16 are a lot where there are many sources. */
    private static final int READ_AHEAD_BATCHES = 2;

    /** What it understands. */
    public sealed interface Command {}

    /**
     * Reads no more, waits until what was read is committed, but no longer than {@code limit}, and
     * stops; what is not committed then is read again by the next run.
     */
    public record Stop(Duration limit, ActorRef<Stopped> replyTo) implements Command {}

    /**
     * Answers {@link Stop}.
     *
     * @param everythingCommitted whether nothing that was read will be read again
     */
    public record Stopped(String source, boolean everythingCommitted) {}

    /** Tells the owner that the run is over. */
    public record SourceFailed(String source, Throwable cause) {}

    private record Started(ActorRef<Ack> acks) implements Command {}

    private record Offer(ActorRef<Ack> acks, EventBatch batch) implements Command {}

    private record FromChannel(Channel.PutReply reply) implements Command {}

    private record Ended(Optional<Throwable> failure) implements Command {}

    private enum StopLimit implements Command {
        INSTANCE
    }

    private record StreamStopped() implements Command {}

    private enum Ack {
        INSTANCE
    }

    /** A batch as the source made it, until it is committed. */
    private record Uncommitted(Position last, int events, long bytes) {}

    private SourceRunner() {}

    /** Runs {@code source} once. */
    public static Behavior<Command> create(
            EventSource source, Inlet inlet, Telemetry telemetry, ActorRef<SourceFailed> owner) {
        return Behaviors.setup(context ->
                Behaviors.withTimers(timers -> new Running(context, timers, source, inlet, telemetry, owner)));
    }

    private static final class Running extends AbstractBehavior<Command> {
        private final TimerScheduler<Command> timers;
        private final String name;
        private final Inlet inlet;
        private final ActorRef<SourceFailed> owner;
        private final FanOut fanOut;
        private final UniqueKillSwitch killSwitch;
        private final SourceControl control;
        private final Deque<Uncommitted> uncommitted = new ArrayDeque<>();
        private final Counter committedEvents;
        private final Counter committedBytes;
        private Optional<ActorRef<Ack>> unacknowledged = Optional.empty();
        private Optional<Stop> stopping = Optional.empty();
        private boolean streamEnding;

        Running(
                ActorContext<Command> context,
                TimerScheduler<Command> timers,
                EventSource source,
                Inlet inlet,
                Telemetry telemetry,
                ActorRef<SourceFailed> owner) {
            super(context);
            this.timers = timers;
            this.name = source.name();
            this.inlet = inlet;
            this.owner = owner;
            Telemetry.Part meters = telemetry.part("source", name);
            this.committedEvents = meters.counter("committed.events");
            this.committedBytes = meters.counter("committed.bytes");
            this.fanOut = new FanOut(
                    inlet.channels(), Position.START, context.messageAdapter(Channel.PutReply.class, FromChannel::new));
            Pair<SourceControl, UniqueKillSwitch> running = source.stream()
                    .viaMat(KillSwitches.single(), Keep.both())
                    .to(ActorSink.<EventBatch, Command, Ack>actorRefWithBackpressure(
                            context.getSelf(),
                            Offer::new,
                            Started::new,
                            Ack.INSTANCE,
                            new Ended(Optional.empty()),
                            failure -> new Ended(Optional.of(failure))))
                    .withAttributes(Attributes.inputBuffer(READ_AHEAD_BATCHES, READ_AHEAD_BATCHES))
                    .run(context.getSystem());
            this.control = running.first();
            this.killSwitch = running.second();
        }

        @Override
        public Receive<Command> createReceive() {
            return newReceiveBuilder()
                    .onMessage(Started.class, this::onStarted)
                    .onMessage(Offer.class, this::onOffer)
                    .onMessage(FromChannel.class, this::onFromChannel)
                    .onMessage(Ended.class, this::onEnded)
                    .onMessage(Stop.class, this::onStop)
                    .onMessage(StopLimit.class, limit -> endStream())
                    .onMessage(StreamStopped.class, this::onStreamStopped)
                    .build();
        }

        private Behavior<Command> onStarted(Started started) {
            started.acks().tell(Ack.INSTANCE);
            return this;
        }

        private Behavior<Command> onOffer(Offer offer) {
            if (stopping.isPresent()) {
                return this;
            }
            unacknowledged = Optional.of(offer.acks());
            EventBatch batch = offer.batch();
            uncommitted.add(new Uncommitted(batch.last(), batch.size(), batch.bytes()));
            inlet.offer(batch, fanOut);
            passOnCommits();
            askForMore();
            return this;
        }

        private Behavior<Command> onFromChannel(FromChannel message) {
            fanOut.on(message.reply());
            passOnCommits();
            if (stopping.isPresent() && fanOut.isIdle()) {
                return endStream();
            }
            askForMore();
            return this;
        }

        /** Not only answers commit: so does an offer, where all of a batch is filtered out. */
        private void passOnCommits() {
            control.accepted(fanOut.accepted());
            Position committed = fanOut.committed();
            boolean more = false;
            while (!uncommitted.isEmpty() && !uncommitted.peek().last().isAfter(committed)) {
                Uncommitted batch = uncommitted.remove();
                committedEvents.increment(batch.events());
                committedBytes.increment((double) batch.bytes());
                more = true;
            }
            if (more) {
                control.committed(committed);
            }
        }

        private void askForMore() {
            if (fanOut.waitingBytes() <= READ_AHEAD_BYTES && stopping.isEmpty()) {
                unacknowledged.ifPresent(acks -> acks.tell(Ack.INSTANCE));
                unacknowledged = Optional.empty();
            }
        }

        private Behavior<Command> onEnded(Ended ended) {
            if (!streamEnding) {
                owner.tell(new SourceFailed(
                        name,
                        ended.failure().orElseGet(() -> new IllegalStateException("the source ended by itself"))));
                return Behaviors.stopped();
            }
            return this;
        }

        private Behavior<Command> onStop(Stop stop) {
            stopping = Optional.of(stop);
            control.finishing();
            timers.startSingleTimer(StopLimit.INSTANCE, stop.limit());
            return fanOut.isIdle() ? endStream() : this;
        }

        private Behavior<Command> endStream() {
            if (!streamEnding) {
                streamEnding = true;
                killSwitch.shutdown();
                getContext().pipeToSelf(control.stopped(), (Done done, Throwable failure) -> new StreamStopped());
            }
            return this;
        }

        private Behavior<Command> onStreamStopped(StreamStopped ended) {
            stopping.ifPresent(stop -> stop.replyTo().tell(new Stopped(name, fanOut.isIdle())));
            return Behaviors.stopped();
        }
    }
}
