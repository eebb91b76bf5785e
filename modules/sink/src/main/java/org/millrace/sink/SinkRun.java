package org.millrace.sink;

import io.micrometer.core.instrument.Counter;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.KillSwitches;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.UniqueKillSwitch;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.millrace.channel.Channel;
import org.millrace.channel.ChannelSource;
import org.millrace.channel.Transaction;
import org.millrace.telemetry.Telemetry;

/**
 * One stream from a channel through a store, from its start to its end. The only place where
 * transactions are committed: in the same island of the stream as the end of the store's flow, since
 * a boundary between them would drop, on failure, what the store has already stored. Thread-safe.
 */
final class SinkRun {
    private final Runnable onFirstStored;
    private final Counter storedEvents;
    private final Counter storedBytes;
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong stored = new AtomicLong();
    private final AtomicBoolean draining = new AtomicBoolean();
    private final DrainGate.Control gate;
    private final UniqueKillSwitch abort;
    private final CompletionStage<Done> ended;

    /**
     * Starts the stream.
     *
     * @param onFirstStored called once, on a thread of the stream, after the first commit
     */
    SinkRun(
            SinkSettings settings,
            Store store,
            ActorRef<Channel.Command> channel,
            Telemetry.Part meters,
            Materializer materializer,
            Runnable onFirstStored) {
        this.onFirstStored = onFirstStored;
        this.storedEvents = meters.counter("stored.events");
        this.storedBytes = meters.counter("stored.bytes");
        Pair<Pair<Pair<CompletionStage<Done>, DrainGate.Control>, UniqueKillSwitch>, CompletionStage<Done>> running =
                ChannelSource.create(channel, settings.transactionsAhead())
                        .viaMat(new DrainGate(), Keep.both())
                        .map(this::count)
                        .via(store.flow())
                        .viaMat(KillSwitches.single(), Keep.both())
                        .toMat(Sink.foreach(this::commit), Keep.both())
                        .run(materializer);
        this.gate = running.first().first().second();
        CompletionStage<Done> rolledBack = running.first().first().first();
        this.abort = running.first().second();
        this.ended = running.second()
                .whenComplete((done, failure) -> release(failure))
                .handle((done, failure) -> gate.ended().thenCombine(rolledBack, (end, back) -> outcome(done, failure)))
                .thenCompose(end -> end);
    }

    private Transaction count(Transaction transaction) {
        taken.incrementAndGet();
        return transaction;
    }

    private void commit(Transaction transaction) {
        transaction.commit();
        storedEvents.increment(transaction.batch().size());
        storedBytes.increment((double) transaction.batch().bytes());
        if (stored.incrementAndGet() == 1) {
            onFirstStored.run();
        }
    }

    /**
     * A failure reaches the gate by itself, behind all stages of the store's flow, which so have
     * ended when the gate has. Not so behind a drained gate.
     */
    private void release(Throwable failure) {
        if (failure == null || draining.get()) {
            gate.release();
        }
    }

    private static Done outcome(Done done, Throwable failure) {
        if (failure != null) {
            throw new CompletionException(failure);
        }
        return done;
    }

    /** Takes no more; what was taken is stored, then the store's flow completes. */
    void drain() {
        draining.set(true);
        gate.drain();
    }

    /** Ends the stream at once; what is not stored is rolled back. */
    void abort() {
        abort.abort(new IllegalStateException("stopped before everything taken was stored"));
    }

    /** Completes when the store's flow has completed; fails, when that has ended, as it failed. */
    CompletionStage<Done> ended() {
        return ended;
    }

    /** Transactions that went to the store and are not stored. */
    long open() {
        // In this order: never negative.
        long done = stored.get();
        return taken.get() - done;
    }

    /** Transactions stored. */
    long stored() {
        return stored.get();
    }
}
