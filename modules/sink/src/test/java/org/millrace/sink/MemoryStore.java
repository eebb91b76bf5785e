package org.millrace.sink;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
import org.millrace.channel.Transaction;

/** Keeps the texts of events in memory and fails or hangs when it is told to. */
final class MemoryStore implements Store {
    final List<String> stored = new CopyOnWriteArrayList<>();
    final AtomicInteger probes = new AtomicInteger();
    final AtomicInteger flows = new AtomicInteger();
    /** Flows that completed because their upstream did. */
    final AtomicInteger completed = new AtomicInteger();
    /** What the store answers; pending while it hangs. */
    volatile CompletableFuture<Done> answer = CompletableFuture.completedFuture(Done.getInstance());
    /** A batch with this text cannot be stored. */
    volatile String refused = "";
    /** Nothing is stored before this is complete. */
    volatile CompletableFuture<Done> gate = CompletableFuture.completedFuture(Done.getInstance());

    void refuseAnswers(String message) {
        answer = CompletableFuture.failedFuture(new IllegalStateException(message));
    }

    void answers() {
        answer = CompletableFuture.completedFuture(Done.getInstance());
    }

    void hang() {
        gate = new CompletableFuture<>();
    }

    void goOn() {
        gate.complete(Done.getInstance());
    }

    @Override
    public CompletionStage<Done> probe() {
        probes.incrementAndGet();
        return answer;
    }

    @Override
    public Flow<Transaction, Transaction, NotUsed> flow() {
        flows.incrementAndGet();
        return Flow.<Transaction>create().mapAsync(4, this::store).watchTermination((mat, end) -> {
            end.thenRun(completed::incrementAndGet);
            return mat;
        });
    }

    private CompletionStage<Transaction> store(Transaction transaction) {
        return gate.thenApply(open -> {
            String text = Batches.text(transaction.batch());
            if (text.equals(refused)) {
                throw new IllegalStateException("cannot store " + text);
            }
            stored.add(text);
            return transaction;
        });
    }
}
