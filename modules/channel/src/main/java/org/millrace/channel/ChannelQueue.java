package org.millrace.channel;

import io.micrometer.core.instrument.Counter;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.dispatch.Envelope;
import org.apache.pekko.dispatch.MessageQueue;
import org.millrace.channel.Channel.Offered;
import org.millrace.channel.Channel.Put;
import org.millrace.channel.Channel.PutIfRoom;
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
 * <p>Before the actor has told the capacity, puts wait unanswered; a putter has one of them at most,
 * and of those that nobody waits for, no more than {@link #EARLY_BYTES} are kept.
 *
 * <p>The actor calls {@link #open}, {@link #changeDemand}, {@link #putBack}, {@link #release} and
 * {@link #tick}. Pekko looks for messages again after each message of the actor, so that what these
 * make available is handed out without a further wake-up.
 */
final class ChannelQueue implements MessageQueue {
    /** Once open, the capacity, the line of putters and the counters. */
    private record Opened(
            ChannelSettings capacity,
            PutterLine line,
            Counter acceptedEvents,
            Counter acceptedBytes,
            Counter refusedPuts,
            Counter missedEvents) {}

    /** Puts that nobody waits for and that came before {@link #open} may weigh as much. */
    private static final long EARLY_BYTES = 1 << 20;

    private final Object lock = new Object();
    private final LongSupplier nanoTime;
    private final Runnable atEnd;
    /** Puts that came before {@link #open}. */
    private final Queue<Envelope> early = new ArrayDeque<>();

    private final Queue<Envelope> control = new ArrayDeque<>();
    private final Queue<Offered> fresh = new ArrayDeque<>();
    private final PriorityQueue<Offered> returned = new PriorityQueue<>(Comparator.comparingLong(Offered::order));
    /** When each batch that is in the channel or taken from it was accepted, by its order. */
    private final TreeMap<Long, Long> acceptedAt = new TreeMap<>();

    private Opened opened;
    private MessageQueue closed;
    private Load held = Load.NONE;
    private Load waiting = Load.NONE;
    private long heldOptionalEvents;
    private long earlyBytes;
    private long missedEarly;
    private long demand;
    private long lastOrder;
    private boolean full;
    private long fullSince;
    private long fullNanos;

    /**
     * Empty and not open yet.
     *
     * @param nanoTime as {@link System#nanoTime()}
     * @param atEnd runs once, when the actor has ended
     */
    ChannelQueue(LongSupplier nanoTime, Runnable atEnd) {
        this.nanoTime = nanoTime;
        this.atEnd = atEnd;
    }

    /** Sets the capacity and answers the puts that waited for it. */
    void open(ChannelSettings capacity, Telemetry.Part meters) {
        Opened now = new Opened(
                capacity,
                new PutterLine(capacity),
                meters.counter("accepted.events"),
                meters.counter("accepted.bytes"),
                meters.counter("refused.puts"),
                meters.counter("missed.events", "full"));
        // First, so that whoever is told that a put was accepted finds it in them.
        meters.gauge("depth.events", () -> locked(() -> waiting.events()));
        meters.gauge("depth.bytes", () -> locked(() -> waiting.bytes()));
        meters.gauge("held.events", () -> locked(() -> held.events()));
        meters.gauge("held.bytes", () -> locked(() -> held.bytes()));
        meters.gauge("open.transactions", () -> locked(() -> acceptedAt.size() - fresh.size() - returned.size()));
        meters.gauge("oldest.ms", () -> locked(this::oldestMillis));
        meters.gauge("full.ms", () -> locked(this::fullMillis));
        synchronized (lock) {
            opened = now;
            opened.missedEvents().increment((double) missedEarly);
            for (Envelope envelope = early.poll(); envelope != null; envelope = early.poll()) {
                put((Channel.Data) envelope.message());
            }
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
            if (closed != null) {
                closed.enqueue(receiver, envelope);
            } else if (!(envelope.message() instanceof Channel.Data data)) {
                control.add(envelope);
            } else if (opened == null) {
                early(envelope, data);
            } else {
                put(data);
            }
        }
    }

    private void early(Envelope envelope, Channel.Data data) {
        if (data instanceof PutIfRoom) {
            if (earlyBytes > 0 && earlyBytes + data.batch().bytes() > EARLY_BYTES) {
                missedEarly += data.batch().size();
                return;
            }
            earlyBytes += data.batch().bytes();
        }
        early.add(envelope);
    }

    private void put(Channel.Data data) {
        if (data instanceof Put put) {
            put(put);
        } else if (opened.line().admitsOneWhoDoesNotWait(Load.of(data.batch()), held)) {
            accept(data);
            heldOptionalEvents += data.batch().size();
        } else {
            opened.missedEvents().increment(data.batch().size());
        }
    }

    private void put(Put put) {
        Load batch = Load.of(put.batch());
        String name = opened.capacity().name();
        if (opened.line().admits(put.replyTo(), batch, held)) {
            accept(put);
            put.replyTo().tell(new Channel.Accepted(name, put.ticket()));
        } else {
            opened.line().join(put.replyTo(), batch);
            noteFull();
            opened.refusedPuts().increment();
            put.replyTo().tell(new Channel.Full(name, put.ticket()));
        }
    }

    private void accept(Channel.Data data) {
        Load batch = Load.of(data.batch());
        long order = ++lastOrder;
        acceptedAt.put(order, nanoTime.getAsLong());
        held = held.plus(batch);
        waiting = waiting.plus(batch);
        opened.acceptedEvents().increment((double) batch.events());
        opened.acceptedBytes().increment((double) batch.bytes());
        fresh.add(new Offered(order, data));
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
        waiting = waiting.minus(Load.of(next.batch()));
        return Envelope.apply(next, ActorRef.noSender());
    }

    /** Changes how many batches the actor wants to be handed. Each one handed out counts one off. */
    void changeDemand(long by) {
        synchronized (lock) {
            demand += by;
        }
    }

    /** Puts a batch that was taken back to its place at the head. */
    void putBack(Offered offered) {
        synchronized (lock) {
            returned.add(offered);
            waiting = waiting.plus(Load.of(offered.batch()));
        }
    }

    /**
     * Gives up the room of a batch that was taken and is stored.
     *
     * @return whether room is kept for putters that were called, so that a {@link #tick} must follow
     */
    boolean release(Offered offered) {
        synchronized (lock) {
            acceptedAt.remove(offered.order());
            held = held.minus(Load.of(offered.batch()));
            if (offered.data() instanceof PutIfRoom) {
                heldOptionalEvents -= offered.batch().size();
            }
            return callPutters();
        }
    }

    /**
     * Takes their turn from putters that were called and did not put; see {@link PutterLine}.
     *
     * @return as {@link #release}
     */
    boolean tick() {
        synchronized (lock) {
            opened.line().tick();
            return callPutters();
        }
    }

    private boolean callPutters() {
        Channel.RoomAgain roomAgain = new Channel.RoomAgain(opened.capacity().name());
        opened.line().call(held).forEach(putter -> putter.tell(roomAgain));
        if (opened.line().isEmpty()) {
            noteNotFull();
        }
        return opened.line().hasCalled();
    }

    /** Events accepted and not committed. */
    long heldEvents() {
        synchronized (lock) {
            return held.events();
        }
    }

    /** How many of them were put by nobody who waits. */
    long heldOptionalEvents() {
        synchronized (lock) {
            return heldOptionalEvents;
        }
    }

    @Override
    public int numberOfMessages() {
        synchronized (lock) {
            return control.size() + (int) Math.min(demand, fresh.size() + returned.size());
        }
    }

    @Override
    public boolean hasMessages() {
        return numberOfMessages() > 0;
    }

    /**
     * The actor has ended. Batches are dropped: nothing of them was acknowledged, so their lanes send
     * them again, and dead letters would be a second copy that nobody reads. Everything else goes the
     * way of all messages to a stopped actor. The gauges go on reading, and find nothing.
     */
    @Override
    public void cleanUp(ActorRef owner, MessageQueue deadLetters) {
        synchronized (lock) {
            closed = deadLetters;
            control.forEach(envelope -> deadLetters.enqueue(owner, envelope));
            early.forEach(envelope -> deadLetters.enqueue(owner, envelope));
            control.clear();
            early.clear();
            fresh.clear();
            returned.clear();
            acceptedAt.clear();
            held = Load.NONE;
            waiting = Load.NONE;
            opened = null;
            noteNotFull();
        }
        atEnd.run();
    }

    private void noteFull() {
        if (!full) {
            full = true;
            fullSince = nanoTime.getAsLong();
        }
    }

    private void noteNotFull() {
        if (full) {
            full = false;
            fullNanos += nanoTime.getAsLong() - fullSince;
        }
    }

    private long oldestMillis() {
        return acceptedAt.isEmpty()
                ? 0
                : TimeUnit.NANOSECONDS.toMillis(
                        nanoTime.getAsLong() - acceptedAt.firstEntry().getValue());
    }

    private long fullMillis() {
        long now = full ? nanoTime.getAsLong() - fullSince : 0;
        return TimeUnit.NANOSECONDS.toMillis(fullNanos + now);
    }
}
