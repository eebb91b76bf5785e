package org.millrace.channel;

import io.micrometer.core.instrument.Counter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.dispatch.Envelope;
import org.apache.pekko.dispatch.MessageQueue;
import org.millrace.channel.Channel.Offered;
import org.millrace.channel.Channel.Put;
import org.millrace.channel.Channel.PutReply;
import org.millrace.event.EventBatch;
import org.millrace.telemetry.Telemetry;

/**
 * The buffer of a {@link Channel}. Control messages pass data that waits, so that a full channel can
 * always be drained; data is handed out only while somebody has asked for it, what was rolled back
 * before what is new.
 *
 * <p>Senders of any thread meet the actor's thread here. One lock guards everything and is held for
 * a few instructions a batch, never while anything waits. Putters are answered under it, so that
 * {@code Accepted} is always sent before the {@code Committed} of the same put.
 *
 * <p>Before the actor has told the capacity, every put is refused; {@code RoomAgain} follows then.
 */
final class ChannelQueue implements MessageQueue {
    private final Object lock = new Object();
    private final Queue<Envelope> control = new ArrayDeque<>();
    private final Queue<Offered> fresh = new ArrayDeque<>();
    private final PriorityQueue<Offered> returned = new PriorityQueue<>((a, b) -> Long.compare(a.order(), b.order()));
    /** When each batch that is in the channel or taken from it was accepted, by its order. */
    private final TreeMap<Long, Long> acceptedAt = new TreeMap<>();

    private final Set<org.apache.pekko.actor.typed.ActorRef<PutReply>> refused = new LinkedHashSet<>();
    private ChannelSettings capacity = new ChannelSettings("", 0, 0);
    private boolean open;
    private int demand;
    private long lastOrder;
    private long heldEvents;
    private long heldBytes;
    private long waitingEvents;
    private long waitingBytes;
    private long fullSince;
    private long fullNanos;
    private Counter acceptedEvents;
    private Counter acceptedBytes;
    private Counter refusedPuts;

    /** Sets the capacity and starts to accept. */
    void open(ChannelSettings settings, Telemetry.Part meters) {
        acceptedEvents = meters.counter("accepted.events");
        acceptedBytes = meters.counter("accepted.bytes");
        refusedPuts = meters.counter("refused.puts");
        meters.gauge("depth.events", () -> locked(() -> waitingEvents));
        meters.gauge("depth.bytes", () -> locked(() -> waitingBytes));
        meters.gauge("held.events", () -> locked(() -> heldEvents));
        meters.gauge("held.bytes", () -> locked(() -> heldBytes));
        meters.gauge("open.transactions", () -> locked(() -> acceptedAt.size() - fresh.size() - returned.size()));
        meters.gauge("oldest.ms", () -> locked(this::oldestMillis));
        meters.gauge("full.ms", () -> locked(this::fullMillis));
        synchronized (lock) {
            capacity = settings;
            open = true;
            tellRoomAgain();
        }
    }

    private Number locked(LongSupplier value) {
        synchronized (lock) {
            return value.getAsLong();
        }
    }

    @Override
    public void enqueue(ActorRef receiver, Envelope envelope) {
        synchronized (lock) {
            if (envelope.message() instanceof Put put) {
                put(put);
            } else {
                control.add(envelope);
            }
        }
    }

    private void put(Put put) {
        EventBatch batch = put.batch();
        if (!open || !fits(batch)) {
            refuse(put);
            return;
        }
        long order = ++lastOrder;
        acceptedAt.put(order, System.nanoTime());
        heldEvents += batch.size();
        heldBytes += batch.bytes();
        waitingEvents += batch.size();
        waitingBytes += batch.bytes();
        acceptedEvents.increment(batch.size());
        acceptedBytes.increment((double) batch.bytes());
        fresh.add(new Offered(order, put));
        put.replyTo().tell(new Channel.Accepted(capacity.name(), put.ticket()));
    }

    private boolean fits(EventBatch batch) {
        return acceptedAt.isEmpty()
                || (heldEvents + batch.size() <= capacity.capacityEvents()
                        && heldBytes + batch.bytes() <= capacity.capacityBytes());
    }

    private void refuse(Put put) {
        if (refused.isEmpty()) {
            fullSince = System.nanoTime();
        }
        refused.add(put.replyTo());
        if (refusedPuts != null) {
            refusedPuts.increment();
        }
        put.replyTo().tell(new Channel.Full(capacity.name(), put.ticket()));
    }

    @Override
    public Envelope dequeue() {
        synchronized (lock) {
            Envelope next = control.poll();
            return next != null || demand == 0 ? next : nextData();
        }
    }

    private Envelope nextData() {
        Offered next = returned.isEmpty() ? fresh.poll() : returned.poll();
        if (next == null) {
            return null;
        }
        demand--;
        waitingEvents -= next.put().batch().size();
        waitingBytes -= next.put().batch().bytes();
        return Envelope.apply(next, ActorRef.noSender());
    }

    /** How many batches the actor wants to be handed, in all. */
    void demand(int batches) {
        synchronized (lock) {
            demand = batches;
        }
    }

    /** Puts a batch that was taken back to its place at the head. */
    void putBack(Offered offered) {
        synchronized (lock) {
            returned.add(offered);
            waitingEvents += offered.put().batch().size();
            waitingBytes += offered.put().batch().bytes();
        }
    }

    /** Gives up the room of a batch that was taken and is stored. */
    void release(Offered offered) {
        synchronized (lock) {
            acceptedAt.remove(offered.order());
            heldEvents -= offered.put().batch().size();
            heldBytes -= offered.put().batch().bytes();
            if (!refused.isEmpty() && hasRoom()) {
                tellRoomAgain();
            }
        }
    }

    /** A quarter free: putters that are told of less would mostly be refused again at once. */
    private boolean hasRoom() {
        return acceptedAt.isEmpty()
                || (heldEvents <= capacity.capacityEvents() - capacity.capacityEvents() / 4
                        && heldBytes <= capacity.capacityBytes() - capacity.capacityBytes() / 4);
    }

    private void tellRoomAgain() {
        if (refused.isEmpty()) {
            return;
        }
        fullNanos += System.nanoTime() - fullSince;
        List<org.apache.pekko.actor.typed.ActorRef<PutReply>> told = new ArrayList<>(refused);
        refused.clear();
        Channel.RoomAgain roomAgain = new Channel.RoomAgain(capacity.name());
        told.forEach(putter -> putter.tell(roomAgain));
    }

    @Override
    public int numberOfMessages() {
        synchronized (lock) {
            return control.size() + Math.min(demand, fresh.size() + returned.size());
        }
    }

    @Override
    public boolean hasMessages() {
        return numberOfMessages() > 0;
    }

    /**
     * Drops everything: the actor has ended. Nothing of it was acknowledged, so its lanes send it
     * again; dead letters would be a second copy that nobody reads.
     */
    @Override
    public void cleanUp(ActorRef owner, MessageQueue deadLetters) {
        synchronized (lock) {
            open = false;
            control.clear();
            fresh.clear();
            returned.clear();
            refused.clear();
        }
    }

    private long oldestMillis() {
        return acceptedAt.isEmpty()
                ? 0
                : TimeUnit.NANOSECONDS.toMillis(
                        System.nanoTime() - acceptedAt.firstEntry().getValue());
    }

    private long fullMillis() {
        long now = refused.isEmpty() ? 0 : System.nanoTime() - fullSince;
        return TimeUnit.NANOSECONDS.toMillis(fullNanos + now);
    }
}
