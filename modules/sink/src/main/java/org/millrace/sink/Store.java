package org.millrace.sink;

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
}
