package org.millrace.channel;

import org.apache.pekko.actor.typed.ActorRef;
import org.millrace.event.EventBatch;

/**
 * A batch taken from a channel, on its way to a store. End it once, with {@link #commit()} when the
 * store has every event of it (stored, or dead-lettered), or with {@link #rollback()}. A
 * transaction that nobody ends is rolled back when its taker stops. Thread-safe.
 */
public final class Transaction {
    private final long id;
    private final EventBatch batch;
    private final ActorRef<Channel.Command> channel;

    Transaction(long id, EventBatch batch, ActorRef<Channel.Command> channel) {
        this.id = id;
        this.batch = batch;
        this.channel = channel;
    }

    /** The events. */
    public EventBatch batch() {
        return batch;
    }

    /** Tells the channel that the batch is stored. */
    public void commit() {
        channel.tell(new Channel.Commit(id));
    }

    /** Tells the channel to take the batch back. */
    public void rollback() {
        channel.tell(new Channel.Rollback(id));
    }
}
