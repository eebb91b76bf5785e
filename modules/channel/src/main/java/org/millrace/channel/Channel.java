package org.millrace.channel;

import io.micrometer.core.instrument.Counter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.MailboxSelector;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.millrace.event.EventBatch;
import org.millrace.telemetry.Telemetry;

/**
 * A bounded buffer with transactions, in memory. The actor's mailbox <em>is</em> the buffer: a
 * batch that was put waits there, and comes to the actor only when somebody has asked to take it.
 *
 * <p><b>Flow control.</b> A {@link Put} that fits is answered {@link Accepted}. One that does not
 * fit is answered {@link Full} and is not kept; {@link RoomAgain} follows once there is room, and
 * the putter puts again. A putter has at most one put under way that is not yet answered; otherwise
 * a later batch could overtake a refused one. A batch larger than the whole channel is accepted when
 * the channel is empty.
 *
 * <p><b>Transactions.</b> {@link Take} asks for a number of transactions; each is answered with one
 * {@link Taken}, when there is something to take. Any number may be open. {@link Commit} ends one
 * and tells the putter {@link Committed}; {@link Rollback} puts the batch back at the head, in its
 * old place. A taker that stops is rolled back. What was taken counts against the capacity until it
 * is committed.
 *
 * <p><b>Durability.</b> None: what is not committed when the process ends was never acknowledged,
 * and its lane sends it again.
 */
public final class Channel {
    /** What a channel understands. */
    public sealed interface Command {}

    /**
     * Offers a batch.
     *
     * @param ticket chosen by the putter, comes back in every reply about this put
     */
    public record Put(long ticket, EventBatch batch, ActorRef<PutReply> replyTo) implements Command {}

    /** Asks for {@code count} transactions, beyond those asked for before. */
    public record Take(int count, ActorRef<Taken> taker) implements Command {}

    /** Ends a transaction: its batch is stored. Unknown transactions are ignored. */
    public record Commit(long transaction) implements Command {}

    /** Ends a transaction: its batch is not stored and goes back to the head, in its old place. */
    public record Rollback(long transaction) implements Command {}

    /** A put that the mailbox accepted and now hands out, with its place in the order. */
    record Offered(long order, Put put) implements Command {}

    private record TakerGone(ActorRef<Taken> taker) implements Command {}

    /** What a putter hears. */
    public sealed interface PutReply {
        /** The channel that replies. */
        String channel();
    }

    /** The batch is in the channel. */
    public record Accepted(String channel, long ticket) implements PutReply {}

    /** The batch did not fit and was not kept; {@link RoomAgain} will follow. */
    public record Full(String channel, long ticket) implements PutReply {}

    /** A putter that was refused may put again. */
    public record RoomAgain(String channel) implements PutReply {}

    /** The taker of the batch has stored it. */
    public record Committed(String channel, long ticket) implements PutReply {}

    /** A transaction that was opened for a taker. */
    public record Taken(long transaction, EventBatch batch) {}

    private Channel() {}

    /**
     * An empty channel. Spawn it with {@link #props()}, or it has no buffer and fails at once.
     */
    public static Behavior<Command> create(ChannelSettings settings, Telemetry telemetry) {
        return Behaviors.setup(context -> new Running(context, settings, telemetry));
    }

    /** Gives a channel actor its mailbox. */
    public static Props props() {
        return MailboxSelector.fromConfig(ChannelMailbox.CONFIG_PATH);
    }

    private static final class Running extends AbstractBehavior<Command> {
        private record Open(Offered offered, ActorRef<Taken> taker) {}

        private final ChannelQueue queue;
        /** One entry a transaction asked for and not yet opened, oldest first. */
        private final Deque<ActorRef<Taken>> waiting = new ArrayDeque<>();

        private final Map<Long, Open> open = new HashMap<>();
        private final Set<ActorRef<Taken>> takers = new HashSet<>();
        private final String name;
        private final Counter committedEvents;
        private final Counter committedBytes;
        private final Counter rolledBackEvents;
        private long lastTransaction;

        Running(ActorContext<Command> context, ChannelSettings settings, Telemetry telemetry) {
            super(context);
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
                    .build();
        }

        private Behavior<Command> onTake(Take take) {
            if (takers.add(take.taker())) {
                getContext().watchWith(take.taker(), new TakerGone(take.taker()));
            }
            for (int i = 0; i < take.count(); i++) {
                waiting.add(take.taker());
            }
            queue.demand(waiting.size());
            return this;
        }

        private Behavior<Command> onOffered(Offered offered) {
            ActorRef<Taken> taker = waiting.remove();
            long transaction = ++lastTransaction;
            open.put(transaction, new Open(offered, taker));
            taker.tell(new Taken(transaction, offered.put().batch()));
            return this;
        }

        private Behavior<Command> onCommit(Commit commit) {
            Open transaction = open.remove(commit.transaction());
            if (transaction != null) {
                Put put = transaction.offered().put();
                queue.release(transaction.offered());
                committedEvents.increment(put.batch().size());
                committedBytes.increment((double) put.batch().bytes());
                put.replyTo().tell(new Committed(name, put.ticket()));
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
            waiting.removeIf(gone.taker()::equals);
            queue.demand(waiting.size());
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
            rolledBackEvents.increment(transaction.offered().put().batch().size());
            queue.putBack(transaction.offered());
        }
    }
}
