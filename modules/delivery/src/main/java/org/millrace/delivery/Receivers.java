package org.millrace.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.millrace.channel.Inlet;
import org.millrace.event.LaneId;
import org.millrace.route.CollectorView.Readiness;
import org.millrace.telemetry.Telemetry;

/**
 * The collector's front door: answers greetings and gives each lane its receiver. Lives at {@code
 * /system/millrace-receivers}, where every agent finds it without a look-up, whatever program the
 * collector is part of.
 *
 * <p>Shares the receive window equally among the lanes. A receiver that has been without a session
 * for ten minutes, with everything committed, is let go; what it remembered then is needed by
 * nobody but an agent that has been silent for as long.
 *
 * <p>Stops when one of the channels stops: what was in that one will never be committed, so agents
 * must find the collector gone and send it again, elsewhere.
 */
public final class Receivers {
    private static final Duration LET_GO_AFTER = Duration.ofMinutes(10);

    /** Nothing waits for it but the share of a session whose end was lost on the way. */
    private static final Duration REMIND_EVERY = Duration.ofMinutes(1);

    /** What it understands. */
    public sealed interface Command
            permits Delivery.ToReceivers,
                    Ready,
                    Drain,
                    Stop,
                    LaneIdle,
                    LetGo,
                    ReceiverDrained,
                    ReceiverGone,
                    ChannelGone,
                    Tick,
                    Remind {}

    /** Whether all the stores answer; greetings tell the agents. */
    public record Ready(boolean ready) implements Command {}

    /**
     * Take nothing new and tell all lanes so; answer once everything that was received is committed,
     * which may be never while a store does not answer.
     */
    public record Drain(ActorRef<Drained> replyTo) implements Command {}

    /** Ends it, and all receivers. */
    public enum Stop implements Command {
        /** The only one. */
        INSTANCE
    }

    /** Answers {@link Drain}: everything received is committed. */
    public enum Drained {
        /** The only one. */
        INSTANCE
    }

    record LaneIdle(LaneKey lane) implements Command {}

    record LetGo(LaneKey lane) implements Command {}

    record ReceiverDrained(LaneKey lane) implements Command {}

    private record ReceiverGone(LaneKey lane, ActorRef<Receiver.Command> receiver) implements Command {}

    private record ChannelGone(String channel) implements Command {}

    private enum Tick implements Command {
        INSTANCE
    }

    private enum Remind implements Command {
        INSTANCE
    }

    /** One incarnation of a lane: what can be told apart by positions. */
    record LaneKey(LaneId lane, long incarnation) {}

    private Receivers() {}

    /**
     * Receivers that are not {@link Ready} yet.
     *
     * @param uid of this run of the collector in the cluster
     */
    public static Behavior<Command> create(long uid, Inlet inlet, DeliverySettings settings, Telemetry telemetry) {
        return create(uid, inlet, settings, telemetry, System::nanoTime);
    }

    static Behavior<Command> create(
            long uid, Inlet inlet, DeliverySettings settings, Telemetry telemetry, LongSupplier nanoTime) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Tick.INSTANCE, Standstill.ASK_EVERY);
            timers.startTimerWithFixedDelay(Remind.INSTANCE, REMIND_EVERY);
            return new Running(context, timers, uid, inlet, settings, telemetry, new Standstill(nanoTime));
        }));
    }

    private static final class Running extends AbstractBehavior<Command> {
        private final TimerScheduler<Command> timers;
        private final long uid;
        private final Inlet inlet;
        private final DeliverySettings settings;
        private final Telemetry telemetry;
        private final Standstill standstill;
        private final Map<LaneKey, ActorRef<Receiver.Command>> receivers = new HashMap<>();
        private final Set<LaneKey> undrained = new HashSet<>();
        /** Who waits for the end of draining. */
        private final List<ActorRef<Drained>> awaitingDrained = new ArrayList<>();

        private boolean draining;
        private boolean ready;
        private long share;

        Running(
                ActorContext<Command> context,
                TimerScheduler<Command> timers,
                long uid,
                Inlet inlet,
                DeliverySettings settings,
                Telemetry telemetry,
                Standstill standstill) {
            super(context);
            context.setLoggerName(Receivers.class);
            this.timers = timers;
            this.uid = uid;
            this.inlet = inlet;
            this.settings = settings;
            this.telemetry = telemetry;
            this.standstill = standstill;
            this.share = settings.windowOf(1);
            inlet.channels().forEach((name, channel) -> context.watchWith(channel, new ChannelGone(name)));
        }

        @Override
        public Receive<Command> createReceive() {
            return newReceiveBuilder()
                    .onMessage(Delivery.Greet.class, this::onGreet)
                    .onMessage(Delivery.OpenLane.class, this::onOpenLane)
                    .onMessage(Ready.class, this::onReady)
                    .onMessage(LaneIdle.class, this::onLaneIdle)
                    .onMessage(LetGo.class, this::onLetGo)
                    .onMessage(Drain.class, this::onDrain)
                    .onMessage(ReceiverDrained.class, this::onReceiverDrained)
                    .onMessage(ReceiverGone.class, this::onReceiverGone)
                    .onMessage(ChannelGone.class, this::onChannelGone)
                    .onMessage(Tick.class, this::onTick)
                    .onMessage(Remind.class, this::onRemind)
                    .onMessage(Stop.class, stop -> Behaviors.stopped())
                    .build();
        }

        private Behavior<Command> onGreet(Delivery.Greet greet) {
            Readiness readiness = draining ? Readiness.DRAINING : ready ? Readiness.READY : Readiness.WAITING;
            greet.replyTo().tell(new Delivery.Greeting(uid, readiness));
            return this;
        }

        private Behavior<Command> onOpenLane(Delivery.OpenLane open) {
            if (draining) {
                open.replyTo().tell(new Delivery.LaneRefused(open.session()));
                return this;
            }
            LaneKey lane = new LaneKey(open.lane(), open.incarnation());
            timers.cancel(lane);
            if (!receivers.containsKey(lane)) {
                getContext().getLog().info("lane {} arrives", lane.lane());
                share(receivers.size() + 1);
                receivers.put(lane, spawn(lane));
            }
            receivers.get(lane).tell(new Receiver.Open(open.session(), open.replyTo()));
            return this;
        }

        private ActorRef<Receiver.Command> spawn(LaneKey lane) {
            ActorRef<Receiver.Command> receiver = getContext()
                    .spawnAnonymous(
                            Receiver.create(
                                    lane,
                                    inlet,
                                    share,
                                    standstill,
                                    telemetry,
                                    getContext().getSelf()),
                            DispatcherSelector.sameAsParent());
            getContext().watchWith(receiver, new ReceiverGone(lane, receiver));
            return receiver;
        }

        private void share(int lanes) {
            if (settings.windowOf(lanes) != share) {
                share = settings.windowOf(lanes);
                Receiver.Window window = new Receiver.Window(share);
                receivers.values().forEach(receiver -> receiver.tell(window));
            }
        }

        /** Somebody must ask, or silence would be taken for a standstill. */
        private Behavior<Command> onTick(Tick tick) {
            standstill.count();
            return this;
        }

        private Behavior<Command> onRemind(Remind remind) {
            receivers.values().forEach(receiver -> receiver.tell(Receiver.Remind.INSTANCE));
            return this;
        }

        private Behavior<Command> onReady(Ready change) {
            ready = change.ready();
            return this;
        }

        private Behavior<Command> onLaneIdle(LaneIdle idle) {
            timers.startSingleTimer(idle.lane(), new LetGo(idle.lane()), LET_GO_AFTER);
            return this;
        }

        private Behavior<Command> onLetGo(LetGo letGo) {
            ActorRef<Receiver.Command> receiver = receivers.get(letGo.lane());
            if (receiver != null) {
                // It decides itself: a new session may have come to it since it reported idle.
                receiver.tell(Receiver.LetGo.INSTANCE);
            }
            return this;
        }

        private Behavior<Command> onReceiverGone(ReceiverGone gone) {
            timers.cancel(gone.lane());
            receivers.remove(gone.lane());
            undrained.remove(gone.lane());
            share(receivers.size());
            tellDrained();
            return this;
        }

        private Behavior<Command> onChannelGone(ChannelGone gone) {
            getContext()
                    .getLog()
                    .warn(
                            "channel {} has stopped: this collector takes nothing more, agents turn to another",
                            gone.channel());
            return Behaviors.stopped();
        }

        private Behavior<Command> onDrain(Drain drain) {
            getContext().getLog().info("draining {} lanes", receivers.size());
            draining = true;
            awaitingDrained.add(drain.replyTo());
            undrained.addAll(receivers.keySet());
            receivers
                    .values()
                    .forEach(receiver -> receiver.tell(
                            new Receiver.Drain(getContext().getSelf().narrow())));
            tellDrained();
            return this;
        }

        private Behavior<Command> onReceiverDrained(ReceiverDrained drained) {
            undrained.remove(drained.lane());
            tellDrained();
            return this;
        }

        private void tellDrained() {
            if (undrained.isEmpty()) {
                awaitingDrained.forEach(replyTo -> replyTo.tell(Drained.INSTANCE));
                awaitingDrained.clear();
            }
        }
    }
}
