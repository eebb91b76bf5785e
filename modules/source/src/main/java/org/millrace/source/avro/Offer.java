package org.millrace.source.avro;

import java.util.function.Consumer;
import org.millrace.avrorpc.ReceivedEvents;
import org.millrace.avrorpc.Status;

/** The events of one request, on their way into the lane. */
final class Offer {
    private final ReceivedEvents events;
    private final Consumer<Status> verdict;
    private volatile boolean withdrawn;

    /**
     * Events of which nothing is decided.
     *
     * @param verdict takes the answer to the client, once, from any thread
     */
    Offer(ReceivedEvents events, Consumer<Status> verdict) {
        this.events = events;
        this.verdict = verdict;
    }

    ReceivedEvents events() {
        return events;
    }

    /**
     * Nobody waits for the answer any more: the client is gone, and sends again elsewhere. What is on
     * its way into a channel goes on; what is not stays out, or it would be stored twice.
     */
    void withdraw() {
        withdrawn = true;
    }

    boolean isWithdrawn() {
        return withdrawn;
    }

    void decide(Status status) {
        verdict.accept(status);
    }
}
