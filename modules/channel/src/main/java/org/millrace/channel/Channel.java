package org.millrace.channel;

import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.actor.DeadLetterSuppression;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.MailboxSelector;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.millrace.event.EventBatch;
import org.millrace.telemetry.Telemetry;

/**
 * A bounded buffer with transactions, in memory. The actor's mailbox <em>is</em> the buffer: a
 * batch that was put waits there, and comes to the actor only when somebody has asked to take it.
 *
 * <p><b>Flow control.</b> A {@link Put} that fits is answered {@link Accepted}. One that does not
 * fit is answered {@link Full} and is not kept; {@link RoomAgain} follows, once, when there is room,
 * and the putter puts again. Who was refused goes before who comes later: while somebody waits for
 * room, every newcomer is refused too, and room is kept for a putter that was told {@code RoomAgain}
 * until it puts or a second or two have passed. A putter has at most one put under way that is not
 * yet answered; otherwise a later batch could overtake a refused one. A batch larger than the whole
 * channel is accepted when the channel is empty. {@link PutIfRoom} is for who does not wait.
 *
 * <p><b>Transactions.</b> {@link Take} asks for a number of transactions; each is answered with one
 * {@link Taken}, when there is something to take. Any number may be open. {@link Commit} ends one
 * and tells the putter {@link Committed}; {@link Rollback} puts the batch back at the head, in its
 * old place. A taker that stops is rolled back. What was taken counts against the capacity until it
 * is committed.
 *
 * <p><b>End.</b> A channel that stops answers nothing more; putters and takers watch it.
 *
 * <p><b>Durability.</b> None: what is not committed when the process ends was never acknowledged,
 * and its lane sends it again.
 */
public final class Channel {
    /** What a channel understands. */
    public sealed interface Command {}

    /** Brings a batch. */
    sealed interface Data extends Command {
        /** What is put. */
        EventBatch batch();
    }

    /**
     * Offers a batch.
     *
     * @param ticket chosen by the putter, comes back in every reply about this put
     */
    public record Put(long ticket, EventBatch batch, ActorRef<PutReply> replyTo) implements Data {}

    /**
     * Offers a batch that nobody waits for: it is kept where there is room and no putter waits for
     * room, and is left out and counted ({@code missed.events}) where not. There is no answer.
     */
    public record PutIfRoom(EventBatch batch) implements Data, DeadLetterSuppression {}

    /**
     * Asks for transactions, beyond those asked for before.
     *
     * @param count how many, at least 1
     */
    public record Take(int count, ActorRef<Taken> taker) implements Command {
        public Take {
            if (count < 1) {
                throw new IllegalArgumentException("a take asks for at least 1 transaction, not " + count);
            }
        }
    }

    /**
     * Ends a transaction: its batch is stored. Ignored when the transaction has ended already, as it
     * has when its taker stopped; the batch then comes again.
     */
    public record Commit(long transaction) implements Command {}

    /**
     * Ends a transaction: its batch is not stored and goes back to the head, in its old place.
     * Ignored when the transaction has ended already.
     */
    public record Rollback(long transaction) implements Command {}

    /** A batch that the mailbox accepted and now hands out, with its place in the order. */
    record Offered(long order, Data data) implements Command {
        EventBatch batch() {
            return data.batch();
        }
    }

    record TakerGone(ActorRef<Taken> taker) implements Command {}

    /** Time to see who was told {@link RoomAgain} and did not put. */
    enum Tick implements Command {
        INSTANCE
    }

    /** What a putter hears. A putter that is gone needs no answer, and leaves no dead letter. */
    public sealed interface PutReply extends DeadLetterSuppression {
        /** The channel that replies. */
        String channel();
    }

    /** The batch is in the channel. */
    public record Accepted(String channel, long ticket) implements PutReply {}

    /** The batch did not fit and was not kept; {@link RoomAgain} will follow. */
    public record Full(String channel, long ticket) implements PutReply {}

    /** A putter that was refused puts again now: room is kept for the batch that was refused. */
    public record RoomAgain(String channel) implements PutReply {}

    /** The taker of the batch has stored it. */
    public record Committed(String channel, long ticket) implements PutReply {}

    /**
     * A transaction that was opened for a taker. Where the taker has just stopped it is rolled back,
     * and leaves no dead letter.
     */
    public record Taken(long transaction, EventBatch batch) implements DeadLetterSuppression {}

    /** A putter that is called has put again long before; see {@link PutterLine}. */
    private static final Duration TICK = Duration.ofSeconds(1);

    private Channel() {}

    /**
     * An empty channel. Spawn it with {@link #props()}, or it has no buffer and fails at once.
     */
    public static Behavior<Command> create(ChannelSettings settings, Telemetry telemetry) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new Running(context, timers, settings, telemetry)));
    }

    /** Gives a channel actor its mailbox. */
    public static Props props() {
        return MailboxSelector.fromConfig(ChannelMailbox.CONFIG_PATH);
    }

    private static final class Running extends AbstractBehavior<Command> {
        private record Open(Offered offered, ActorRef<Taken> taker) {}

        /** What a taker asked for and did not get yet. */
        private static final class Asked {
            private final ActorRef<Taken> taker;
            private int count;

            Asked(Take take) {
                this.taker = take.taker();
                this.count = take.count();
            }
        }

        private final ChannelQueue queue;
        private final TimerScheduler<Command> timers;
        /** Oldest first; the sum of the counts is the queue's demand. */
        private final Deque<Asked> asked = new ArrayDeque<>();

        private final Map<Long, Open> open = new HashMap<>();
        private final Set<ActorRef<Taken>> takers = new HashSet<>();
        private final String name;
        private final Counter committedEvents;
        private final Counter committedBytes;
        private final Counter rolledBackEvents;
        private long lastTransaction;

        Running(
                ActorContext<Command> context,
                TimerScheduler<Command> timers,
                ChannelSettings settings,
                Telemetry telemetry) {
            super(context);
            context.setLoggerName(Channel.class);
            this.timers = timers;
            this.name = settings.name();
            this.queue = ChannelQueues.get(context.getSystem()).claim(context.getSelf());
            Telemetry.Part meters = telemetry.part("channel", name);
            this.committedEvents = meters.counter("committed.events");
            this.committedBytes = meters.counter("committed.bytes");
            this.rolledBackEvents = meters.counter("rolledback.events");
            queue.open(settings, meters);
        }

        @Override
        public Receive<Command> createReceive() {
            return newReceiveBuilder()
                    .onMessage(Take.class, this::onTake)
                    .onMessage(Offered.class, this::onOffered)
                    .onMessage(Commit.class, this::onCommit)
                    .onMessage(Rollback.class, this::onRollback)
                    .onMessage(TakerGone.class, this::onTakerGone)
                    .onMessage(Tick.class, tick -> onTick())
                    .onSignal(PostStop.class, signal -> onPostStop())
                    .build();
        }

        private Behavior<Command> onTake(Take take) {
            if (takers.add(take.taker())) {
                getContext().watchWith(take.taker(), new TakerGone(take.taker()));
            }
            asked.add(new Asked(take));
            queue.changeDemand(take.count());
            return this;
        }

        private Behavior<Command> onOffered(Offered offered) {
            Asked first = asked.element();
            first.count--;
            if (first.count == 0) {
                asked.remove();
            }
            long transaction = ++lastTransaction;
            open.put(transaction, new Open(offered, first.taker));
            first.taker.tell(new Taken(transaction, offered.batch()));
            return this;
        }

        private Behavior<Command> onCommit(Commit commit) {
            Open transaction = open.remove(commit.transaction());
            if (transaction != null) {
                EventBatch batch = transaction.offered().batch();
                tickLater(queue.release(transaction.offered()));
                committedEvents.increment(batch.size());
                committedBytes.increment((double) batch.bytes());
                if (transaction.offered().data() instanceof Put put) {
                    put.replyTo().tell(new Committed(name, put.ticket()));
                }
            }
            return this;
        }

        private Behavior<Command> onRollback(Rollback rollback) {
            Open transaction = open.remove(rollback.transaction());
            if (transaction != null) {
                putBack(transaction);
            }
            return this;
        }

        private Behavior<Command> onTakerGone(TakerGone gone) {
            takers.remove(gone.taker());
            for (Iterator<Asked> all = asked.iterator(); all.hasNext(); ) {
                Asked next = all.next();
                if (next.taker.equals(gone.taker())) {
                    all.remove();
                    queue.changeDemand(-next.count);
                }
            }
            for (Iterator<Open> all = open.values().iterator(); all.hasNext(); ) {
                Open transaction = all.next();
                if (transaction.taker().equals(gone.taker())) {
                    all.remove();
                    putBack(transaction);
                }
            }
            return this;
        }

        private void putBack(Open transaction) {
            rolledBackEvents.increment(transaction.offered().batch().size());
            queue.putBack(transaction.offered());
        }

        private Behavior<Command> onTick() {
            tickLater(queue.tick());
            return this;
        }

        private void tickLater(boolean needed) {
            if (needed && !timers.isTimerActive(Tick.INSTANCE)) {
                timers.startSingleTimer(Tick.INSTANCE, Tick.INSTANCE, TICK);
            }
        }

        private Behavior<Command> onPostStop() {
            long optional = queue.heldOptionalEvents();
            long events = queue.heldEvents() - optional;
            if (events > 0) {
                getContext()
                        .getLog()
                        .info("channel {} stops; events not committed, which their lanes send again: {}", name, events);
            }
            if (optional > 0) {
                getContext()
                        .getLog()
                        .warn(
                                "channel {} stops; events not committed that are lost, since it is optional for them:"
                                        + " {}",
                                name,
                                optional);
            }
            return this;
        }
    }
}
