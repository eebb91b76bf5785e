package org.millrace.channel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;
import org.millrace.channel.Channel.PutReply;

/**
 * The putters that a full channel refused, in the order in which it refused them. They are called
 * one after the other, each when the very batch that it was refused with has room, and that room is
 * kept for it: otherwise many putters with small batches would take every bit of room before one
 * with a large batch, for ever.
 *
 * <p>A putter that is called and does not put (it may have died) loses its turn at the second {@link
 * #tick} after the call. Guarded by its queue's lock; decides, and tells nobody.
 */
final class PutterLine {
    private record Turn(Load kept, long tick) {}

    private final ChannelSettings capacity;
    private final Map<ActorRef<PutReply>, Load> waiting = new LinkedHashMap<>();
    private final Map<ActorRef<PutReply>, Turn> called = new HashMap<>();
    private Load kept = Load.NONE;
    private long tick;

    PutterLine(ChannelSettings capacity) {
        this.capacity = capacity;
    }

    /** Whether nobody waits to be called. */
    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Whether somebody was called and has not put since. */
    boolean hasCalled() {
        return !called.isEmpty();
    }

    /** Whether {@code putter} may put a batch into a channel that holds {@code held}. Ends its turn. */
    boolean admits(ActorRef<PutReply> putter, Load batch, Load held) {
        Turn turn = called.remove(putter);
        if (turn != null) {
            kept = kept.minus(turn.kept());
        }
        return (turn != null || waiting.isEmpty()) && hasRoom(batch, held);
    }

    /** Whether a batch may be put that nobody waits with: only where it takes no room from who waits. */
    boolean admitsOneWhoDoesNotWait(Load batch, Load held) {
        return waiting.isEmpty() && hasRoom(batch, held);
    }

    /** Lets {@code putter} wait behind all others, or where it waits already. */
    void join(ActorRef<PutReply> putter, Load batch) {
        waiting.put(putter, batch);
    }

    /**
     * Calls those whose turn it is, and keeps room for them. Nobody is called before a quarter of the
     * channel is free: at the brim, every batch would be refused once before it is accepted.
     */
    List<ActorRef<PutReply>> call(Load held) {
        List<ActorRef<PutReply>> now = new ArrayList<>();
        Load taken = held.plus(kept);
        if (!taken.isNone() && !taken.leavesQuarter(capacity)) {
            return now;
        }
        Iterator<Map.Entry<ActorRef<PutReply>, Load>> line = waiting.entrySet().iterator();
        while (line.hasNext()) {
            Map.Entry<ActorRef<PutReply>, Load> next = line.next();
            if (!hasRoom(next.getValue(), held)) {
                break;
            }
            called.put(next.getKey(), new Turn(next.getValue(), tick));
            kept = kept.plus(next.getValue());
            now.add(next.getKey());
            line.remove();
        }
        return now;
    }

    /** Takes their turn from putters that were called before the last tick. */
    void tick() {
        for (Iterator<Turn> turns = called.values().iterator(); turns.hasNext(); ) {
            Turn turn = turns.next();
            if (turn.tick() < tick) {
                kept = kept.minus(turn.kept());
                turns.remove();
            }
        }
        tick++;
    }

    private boolean hasRoom(Load batch, Load held) {
        Load taken = held.plus(kept);
        return taken.isNone() || taken.plus(batch).fits(capacity);
    }
}
