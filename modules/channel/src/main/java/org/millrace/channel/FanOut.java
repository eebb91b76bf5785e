package org.millrace.channel;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;
import org.millrace.channel.Channel.PutReply;
import org.millrace.event.EventBatch;
import org.millrace.event.Position;

/**
 * Puts the batches of one lane into one or more channels, in order, and knows how far all of them
 * have committed. A channel that is full holds up nothing but itself: the others go on, each batch
 * is put into each of its channels once, and it counts as committed when the last of them committed.
 *
 * <p>Holds batches only until all their channels accepted them; who uses it limits how many those
 * are by {@link #waitingBytes()}. Belongs to one actor, which passes it every {@link PutReply} it
 * receives; not thread-safe.
 */
public final class FanOut {
    private static final class Entry {
        private final long ticket;
        private final Position last;
        private final long bytes;
        private final Set<String> toAccept;
        private final Set<String> toCommit;

        Entry(long ticket, Position last, long bytes, Collection<String> channels) {
            this.ticket = ticket;
            this.last = last;
            this.bytes = bytes;
            this.toAccept = new HashSet<>(channels);
            this.toCommit = new HashSet<>(channels);
        }
    }

    private record Waiting(Entry entry, EventBatch batch) {}

    /** One channel as this lane sees it: at most one put is under way and unanswered. */
    private static final class Outlet {
        private final ActorRef<Channel.Command> channel;
        private final Deque<Waiting> waiting = new ArrayDeque<>();
        private boolean full;

        Outlet(ActorRef<Channel.Command> channel) {
            this.channel = channel;
        }
    }

    private final Map<String, Outlet> outlets = new HashMap<>();
    private final ActorRef<PutReply> replyTo;
    /** Batches not committed everywhere, in order. */
    private final Deque<Entry> uncommitted = new ArrayDeque<>();

    private final Map<Long, Entry> byTicket = new HashMap<>();
    private Position committed;
    private long lastTicket;
    private long waitingBytes;

    /**
     * Nothing put yet.
     *
     * @param channels all channels that batches may go to, by name
     * @param committed where the lane starts
     * @param replyTo the actor that this belongs to
     */
    public FanOut(Map<String, ActorRef<Channel.Command>> channels, Position committed, ActorRef<PutReply> replyTo) {
        channels.forEach((name, channel) -> outlets.put(name, new Outlet(channel)));
        this.committed = committed;
        this.replyTo = replyTo;
    }

    /**
     * Puts a batch, behind everything offered before, into the channels named. With no channel at all
     * (everything filtered out) it commits as soon as what was before it has.
     */
    public void offer(EventBatch batch, Collection<String> channels) {
        Entry entry = new Entry(++lastTicket, batch.last(), batch.bytes(), channels);
        uncommitted.add(entry);
        if (channels.isEmpty()) {
            advance();
            return;
        }
        byTicket.put(entry.ticket, entry);
        waitingBytes += entry.bytes;
        for (String name : channels) {
            Outlet outlet = outlets.get(name);
            outlet.waiting.add(new Waiting(entry, batch));
            if (outlet.waiting.size() == 1) {
                putNext(outlet);
            }
        }
    }

    /** Takes a channel's answer. */
    public void on(PutReply reply) {
        Outlet outlet = outlets.get(reply.channel());
        if (reply instanceof Channel.Accepted accepted) {
            Waiting head = outlet.waiting.remove();
            if (head.entry().ticket != accepted.ticket()) {
                throw new IllegalStateException("channel " + reply.channel() + " accepted " + accepted.ticket()
                        + " while " + head.entry().ticket + " was under way");
            }
            head.entry().toAccept.remove(reply.channel());
            if (head.entry().toAccept.isEmpty()) {
                waitingBytes -= head.entry().bytes;
            }
            putNext(outlet);
        } else if (reply instanceof Channel.Full) {
            outlet.full = true;
        } else if (reply instanceof Channel.RoomAgain) {
            outlet.full = false;
            putNext(outlet);
        } else if (reply instanceof Channel.Committed done) {
            Entry entry = byTicket.get(done.ticket());
            entry.toCommit.remove(reply.channel());
            if (entry.toCommit.isEmpty()) {
                byTicket.remove(done.ticket());
                advance();
            }
        }
    }

    private void putNext(Outlet outlet) {
        Waiting next = outlet.waiting.peek();
        if (next != null && !outlet.full) {
            outlet.channel.tell(new Channel.Put(next.entry().ticket, next.batch(), replyTo));
        }
    }

    private void advance() {
        while (!uncommitted.isEmpty() && uncommitted.peek().toCommit.isEmpty()) {
            committed = Position.max(committed, uncommitted.remove().last);
        }
    }

    /** Everything up to here is committed by every channel that it went to. */
    public Position committed() {
        return committed;
    }

    /** Bytes of the batches that at least one of their channels has not accepted yet. */
    public long waitingBytes() {
        return waitingBytes;
    }

    /** Whether everything offered is committed. */
    public boolean isIdle() {
        return uncommitted.isEmpty();
    }
}
