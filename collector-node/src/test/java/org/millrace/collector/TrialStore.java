package org.millrace.collector;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
import org.millrace.channel.Transaction;
import org.millrace.sink.Store;

/** Forgets what it stores. Hangs or fails when it is told to. */
final class TrialStore implements Store {
    final AtomicInteger taken = new AtomicInteger();
    private volatile CompletableFuture<Done> answering = CompletableFuture.completedFuture(Done.getInstance());
    private volatile CompletableFuture<Done> storing = CompletableFuture.completedFuture(Done.getInstance());

    /** As a store whose connections are silent. */
    void hang() {
        answering = new CompletableFuture<>();
        hangWhenItStores();
    }

    /** As a store that one collector's own path is broken to, in a way that a question does not show. */
    void hangWhenItStores() {
        storing = new CompletableFuture<>();
    }

    /** As a store that refuses what it is given, though it answers. */
    void fail() {
        storing = CompletableFuture.failedFuture(new IllegalStateException("no room"));
    }

    void goOn() {
        answering.complete(Done.getInstance());
        storing.complete(Done.getInstance());
        storing = CompletableFuture.completedFuture(Done.getInstance());
    }

    @Override
    public CompletionStage<Done> probe() {
        return answering;
    }

    @Override
    public Flow<Transaction, Transaction, NotUsed> flow() {
        return Flow.<Transaction>create().mapAsync(1, transaction -> {
            taken.incrementAndGet();
            return storing.thenApply(done -> transaction);
        });
    }
}
