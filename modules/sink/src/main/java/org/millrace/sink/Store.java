package org.millrace.sink;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Flow;
import org.millrace.channel.Transaction;

/** A place that keeps events for good, such as Kafka or HDFS, as a {@link SinkRunner} uses it. */
public interface Store {
    /**
     * Asks the store whether it could store now, without storing anything. Completes when it
     * answered, fails with a message for the operator when it did not. Never blocks the caller.
     */
    CompletionStage<Done> probe();

    /**
     * Asks the same as {@link #probe()} while a flow runs that has nothing to store: again and again, so
     * cheaply; never twice at a time.
     */
    default CompletionStage<Done> probeIdle() {
        return probe();
    }

    /**
     * Stores batches, in order. Emits each transaction, in the same order, when every event of it is
     * stored as durably as the store is configured to, or recorded in {@link DeadLetters}; does not
     * end transactions itself. Fails when the store fails in a way that it cannot mend; what was not
     * emitted by then will come again through a new flow. When its upstream completes it finishes
     * what it has, closes what it opened, and completes.
     *
     * <p>Each call gives a new flow; at most one runs at a time, and {@link #probe()} is asked before
     * each. Blocking calls run on a dispatcher of their own. The flow does not end in an asynchronous
     * boundary: on failure, that would drop transactions which are stored and not yet committed.
     */
    Flow<Transaction, Transaction, NotUsed> flow();

    /**
     * Finishes what another collector has left unfinished in this store, such as files in use. That
     * one is thought to be dead; should it be alive after all, nothing that it acknowledged may be lost
     * by this. Goes on in the background for as long as it takes. Never blocks the caller.
     *
     * <p>A store that keeps nothing open, as Kafka, has nothing to do.
     *
     * @param node the name of the other collector
     * @return how many things were finished, once none is left; fails when the store ends before
     */
    default CompletionStage<Integer> recover(String node) {
        return CompletableFuture.completedFuture(0);
    }
}
