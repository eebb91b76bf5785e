package org.millrace.channel;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.apache.pekko.actor.typed.ActorRef;
import org.millrace.channel.Channel.PutReply;
import org.millrace.event.EventBatch;
import org.millrace.event.Position;
import org.millrace.flow.Selection;

/**
 * Puts the batches of one lane into one or more channels, each its part, in order, and knows how far
 * all of them have committed. A channel that is full holds up nothing but itself: the others go on,
 * each part is put into its channel once, and a batch counts as committed when the last of its
 * channels committed.
 *
 * <p>Optional parts are put where there is room at once, see {@link Channel.PutIfRoom}; a batch does
 * not wait for them. Only behind a required part that waits for the same channel they wait too, since
 * a channel gets a lane's events in their order.
 *
 * <p>Holds batches only until all their channels accepted them; who uses it limits how many those
 * are by {@link #waitingBytes()}. Belongs to one actor, which passes it every {@link PutReply} it
 * receives, and which has no second one with the same {@code replyTo}: answers to the one would be
 * taken for answers to the other. The actor watches the channels, since one that stops answers
 * nothing. Not thread-safe.
 */
public final class FanOut {
    /** A batch that is not committed everywhere. */
    private static final class Entry {
        private final long bytes;
        private final Set<String> toAccept;
        private final Set<String> toCommit;
        /** Committed together with this batch: its own last position, or that of a batch behind it. */
        private Position last;

        Entry(Position last, Map<String, EventBatch> required) {
            Set<EventBatch> parts = Collections.newSetFromMap(new IdentityHashMap<>());
            parts.addAll(required.values());
            this.bytes = parts.stream().mapToLong(EventBatch::bytes).sum();
            this.toAccept = new HashSet<>(required.keySet());
            this.toCommit = new HashSet<>(required.keySet());
            this.last = last;
        }
    }

    /** A part that its channel has not accepted yet; one without a ticket is optional. */
    private record Waiting(OptionalLong ticket, EventBatch part) {
        boolean has(long number) {
            return ticket.isPresent() && ticket.getAsLong() == number;
        }
    }

    /** One channel as this lane sees it: at most one put is under way and unanswered. */
    private static final class Outlet {
        private final ActorRef<Channel.Command> channel;
        /** Not accepted yet; the first is required, and under way, or was refused while {@code full}. */
        private final Deque<Waiting> waiting = new ArrayDeque<>();

        private boolean full;

        Outlet(ActorRef<Channel.Command> channel) {
            this.channel = channel;
        }
    }

    private final Map<String, Outlet> outlets = new HashMap<>();
    private final ActorRef<PutReply> replyTo;
    /** Batches not committed everywhere, by ticket. */
    private final TreeMap<Long, Entry> uncommitted = new TreeMap<>();

    /** From the first that a channel has not accepted; the order is that of the offers. */
    private final Deque<Entry> unaccepted = new ArrayDeque<>();

    private Position committed;
    private Position accepted;
    private long lastTicket;
    private long waitingBytes;

    /**
     * Nothing put yet.
     *
     * @param channels all channels that batches may go to, by the names in their settings
     * @param committed where the lane starts
     * @param replyTo the actor that this belongs to
     */
    public FanOut(Map<String, ActorRef<Channel.Command>> channels, Position committed, ActorRef<PutReply> replyTo) {
        channels.forEach((name, channel) -> outlets.put(name, new Outlet(channel)));
        this.committed = committed;
        this.accepted = committed;
        this.replyTo = replyTo;
    }

    /**
     * Puts the parts of a batch behind everything offered before. With no required part at all
     * (everything filtered out) it commits as soon as what was before it has.
     *
     * @param last where the batch ends, whatever part of it is left
     * @throws IllegalArgumentException when a channel is not one of those given at the start
     */
    public void offer(Position last, Selection selection) {
        selection.required().keySet().forEach(this::outlet);
        selection.optional().keySet().forEach(this::outlet);
        Entry entry = new Entry(last, selection.required());
        long ticket = ++lastTicket;
        unaccepted.add(entry);
        if (entry.toCommit.isEmpty()) {
            completed(ticket, entry);
        } else {
            uncommitted.put(ticket, entry);
            waitingBytes += entry.bytes;
        }
        selection.required().forEach((name, part) -> add(outlet(name), new Waiting(OptionalLong.of(ticket), part)));
        selection.optional().forEach((name, part) -> {
            waitingBytes += part.bytes();
            add(outlet(name), new Waiting(OptionalLong.empty(), part));
        });
        passAccepted();
    }

    private void add(Outlet outlet, Waiting next) {
        outlet.waiting.add(next);
        if (outlet.waiting.size() == 1) {
            putNext(outlet);
        }
    }

    /**
     * Takes a channel's answer.
     *
     * @throws IllegalArgumentException when it is not an answer to a put of this fan-out
     */
    public void on(PutReply reply) {
        Outlet outlet = outlet(reply.channel());
        if (reply instanceof Channel.Accepted accepted) {
            onAccepted(outlet, accepted);
        } else if (reply instanceof Channel.Full refused) {
            require(isUnderWay(outlet, refused.ticket()), reply);
            outlet.full = true;
        } else if (reply instanceof Channel.RoomAgain) {
            onRoomAgain(outlet);
        } else if (reply instanceof Channel.Committed done) {
            onCommitted(done);
        }
    }

    private void onAccepted(Outlet outlet, Channel.Accepted accepted) {
        require(isUnderWay(outlet, accepted.ticket()), accepted);
        outlet.waiting.remove();
        Entry entry = uncommitted.get(accepted.ticket());
        entry.toAccept.remove(accepted.channel());
        if (entry.toAccept.isEmpty()) {
            waitingBytes -= entry.bytes;
            passAccepted();
        }
        putNext(outlet);
    }

    private void passAccepted() {
        while (!unaccepted.isEmpty() && unaccepted.peek().toAccept.isEmpty()) {
            accepted = Position.max(accepted, unaccepted.remove().last);
        }
    }

    /** Only what was refused is put again; what is under way would be put twice. */
    private void onRoomAgain(Outlet outlet) {
        if (outlet.full) {
            outlet.full = false;
            putNext(outlet);
        }
    }

    private void onCommitted(Channel.Committed done) {
        Entry entry = uncommitted.get(done.ticket());
        require(entry != null && !entry.toAccept.contains(done.channel()), done);
        require(entry.toCommit.remove(done.channel()), done);
        if (entry.toCommit.isEmpty()) {
            uncommitted.remove(done.ticket());
            completed(done.ticket(), entry);
        }
    }

    private static boolean isUnderWay(Outlet outlet, long ticket) {
        return !outlet.full
                && !outlet.waiting.isEmpty()
                && outlet.waiting.peek().has(ticket);
    }

    private static void require(boolean expected, PutReply reply) {
        if (!expected) {
            throw new IllegalArgumentException("no put of this lane waits for " + reply);
        }
    }

    private Outlet outlet(String channel) {
        Outlet outlet = outlets.get(channel);
        if (outlet == null) {
            throw new IllegalArgumentException("no channel '" + channel + "' among " + outlets.keySet());
        }
        return outlet;
    }

    private void putNext(Outlet outlet) {
        Waiting next = outlet.waiting.peek();
        while (next != null && next.ticket().isEmpty()) {
            outlet.waiting.remove();
            waitingBytes -= next.part().bytes();
            outlet.channel.tell(new Channel.PutIfRoom(next.part()));
            next = outlet.waiting.peek();
        }
        if (next != null) {
            outlet.channel.tell(new Channel.Put(next.ticket().getAsLong(), next.part(), replyTo));
        }
    }

    /**
     * Hands the batch's position to the one before it that is not committed, which will report it. So
     * what is kept grows with what is under way only, not with what went past a batch that is stuck.
     */
    private void completed(long ticket, Entry entry) {
        Map.Entry<Long, Entry> before = uncommitted.lowerEntry(ticket);
        if (before == null) {
            committed = Position.max(committed, entry.last);
        } else {
            before.getValue().last = Position.max(before.getValue().last, entry.last);
        }
    }

    /** Everything up to here is committed by every channel that requires a part of it. */
    public Position committed() {
        return committed;
    }

    /** Everything up to here is in every channel that requires a part of it, or was. */
    public Position accepted() {
        return accepted;
    }

    /** Bytes of the batches of which a channel has not accepted its part yet. */
    public long waitingBytes() {
        return waitingBytes;
    }

    /** Whether everything offered is committed, optional parts aside. */
    public boolean isIdle() {
        return uncommitted.isEmpty();
    }
}
