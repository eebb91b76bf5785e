package org.millrace.delivery;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * The way between agents and one collector, as bad as {@link Delivery} says it may be: messages are
 * lost and late, and none overtakes another to the same actor. Stands at the collector's front door
 * and puts a stand-in before every actor whose reference passes, so that all messages of a session go
 * this way, there and back. Cut off from a receiver, its stand-in stops: who watches it takes it for
 * dead, while it lives.
 */
final class LossyWire {
    /**
     * How bad.
     *
     * @param lost the share of messages that are lost
     * @param late the share of messages that wait, with all behind them
     * @param longest of such waits
     * @param cut the share of messages to a receiver at which it is cut off
     */
    record Badness(double lost, double late, Duration longest, double cut) {}

    /** What went wrong so far. */
    static final class Tally {
        final AtomicInteger lost = new AtomicInteger();
        final AtomicInteger late = new AtomicInteger();
        final AtomicInteger cut = new AtomicInteger();
        /** Every message of this kind is lost, too. */
        volatile Optional<Class<?>> losing = Optional.empty();
        /** The sessions that the collector has been asked to open and not to close. */
        final Set<Long> open = ConcurrentHashMap.newKeySet();
    }

    /** Answered at once: everything that came before has been seen to. */
    record Ping(ActorRef<Boolean> replyTo) {}

    private record Passing(ActorRef<Object> target, Object message) {}

    private record Release(ActorRef<Object> target) {}

    private record TargetGone(ActorRef<Object> target) {}

    private LossyWire() {}

    /** The wire to {@code receivers}. */
    static Behavior<Object> create(ActorRef<Receivers.Command> receivers, Badness badness, long seed, Tally tally) {
        return Behaviors.setup(context -> Behaviors.withTimers(
                timers -> new Running(context, timers, receivers, badness, new Random(seed), tally)));
    }

    private static final class Running extends AbstractBehavior<Object> {
        /** The way to one actor: who stands in for it, and what is late. */
        private record Link(ActorRef<Object> standIn, Queue<Object> late) {}

        private final TimerScheduler<Object> timers;
        private final Badness badness;
        private final Random random;
        private final Tally tally;
        private final ActorRef<Object> receivers;
        private final Map<ActorRef<Object>, Link> links = new HashMap<>();

        Running(
                ActorContext<Object> context,
                TimerScheduler<Object> timers,
                ActorRef<Receivers.Command> receivers,
                Badness badness,
                Random random,
                Tally tally) {
            super(context);
            this.timers = timers;
            this.receivers = receivers.unsafeUpcast();
            this.badness = badness;
            this.random = random;
            this.tally = tally;
            standInFor(this.receivers);
        }

        @Override
        public Receive<Object> createReceive() {
            return newReceiveBuilder()
                    .onMessage(Ping.class, this::onPing)
                    .onMessage(Passing.class, passing -> pass(passing.target(), passing.message()))
                    .onMessage(Release.class, this::onRelease)
                    .onMessage(TargetGone.class, gone -> cut(gone.target()))
                    .onMessage(Delivery.ToReceivers.class, message -> pass(receivers, message))
                    .build();
        }

        private Behavior<Object> onPing(Ping ping) {
            ping.replyTo().tell(true);
            return this;
        }

        private Behavior<Object> pass(ActorRef<Object> target, Object message) {
            Link link = links.get(target);
            if (link == null) {
                // Sent to a stand-in before it was known to be cut off.
                tally.lost.incrementAndGet();
            } else if (message instanceof Delivery.ToReceiver && random.nextDouble() < badness.cut()) {
                tally.cut.incrementAndGet();
                cut(target);
            } else if (random.nextDouble() < badness.lost()
                    || tally.losing.filter(kind -> kind.isInstance(message)).isPresent()) {
                tally.lost.incrementAndGet();
            } else if (!link.late().isEmpty() || random.nextDouble() < badness.late()) {
                delay(target, link, message);
            } else {
                deliver(target, message);
            }
            return this;
        }

        private void delay(ActorRef<Object> target, Link link, Object message) {
            if (link.late().isEmpty()) {
                long millis = 1L + random.nextInt((int) badness.longest().toMillis());
                timers.startSingleTimer(target, new Release(target), Duration.ofMillis(millis));
            }
            tally.late.incrementAndGet();
            link.late().add(message);
        }

        private Behavior<Object> onRelease(Release release) {
            Link link = links.get(release.target());
            while (link != null && !link.late().isEmpty()) {
                deliver(release.target(), link.late().remove());
            }
            return this;
        }

        private void deliver(ActorRef<Object> target, Object message) {
            if (message instanceof Delivery.CloseLane close) {
                tally.open.remove(close.session());
                target.tell(close);
            } else if (message instanceof Delivery.OpenLane open) {
                // The one before of the same lane is over.
                tally.open.clear();
                tally.open.add(open.session());
                target.tell(new Delivery.OpenLane(
                        open.lane(), open.incarnation(), open.session(), standInFor(open.replyTo())));
            } else if (message instanceof Delivery.LaneOpened opened) {
                target.tell(new Delivery.LaneOpened(opened.session(), standInFor(opened.receiver()), opened.grant()));
            } else {
                target.tell(message);
            }
        }

        private <T> ActorRef<T> standInFor(ActorRef<T> actor) {
            ActorRef<Object> target = actor.unsafeUpcast();
            Link link = links.computeIfAbsent(target, this::newLink);
            return link.standIn().narrow();
        }

        private Link newLink(ActorRef<Object> target) {
            getContext().watchWith(target, new TargetGone(target));
            ActorRef<Object> wire = getContext().getSelf();
            Behavior<Object> standIn = Behaviors.receiveMessage(message -> {
                wire.tell(new Passing(target, message));
                return Behaviors.same();
            });
            return new Link(getContext().spawnAnonymous(standIn), new ArrayDeque<>());
        }

        private Behavior<Object> cut(ActorRef<Object> target) {
            Link link = links.remove(target);
            if (link != null) {
                getContext().unwatch(target);
                timers.cancel(target);
                getContext().stop(link.standIn());
            }
            return this;
        }
    }
}
