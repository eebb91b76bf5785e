package org.millrace.sink.avro;

import org.millrace.event.EventBatch;

/**
 * How many events the next request has. A collector that refuses does not say why: its channel may be
 * full, or may take no request of this size, however long one waits. So each refusal halves the size,
 * and each success adds an event, up to what is configured. Not thread-safe.
 */
final class RequestSize {
    private final int mostEvents;
    private final long mostBytes;
    private int events;

    RequestSize(int mostEvents, long mostBytes) {
        this.mostEvents = mostEvents;
        this.mostBytes = mostBytes;
        this.events = mostEvents;
    }

    /** Index behind the last event of a request that begins with event {@code from}, and has at least that. */
    int until(EventBatch batch, int from) {
        int last = (int) Math.min(batch.size(), (long) from + events);
        int until = from + 1;
        long bytes = batch.bodyLength(from);
        while (until < last && bytes + batch.bodyLength(until) <= mostBytes) {
            bytes += batch.bodyLength(until);
            until++;
        }
        return until;
    }

    /** A request was taken. */
    void taken() {
        events = Math.min(mostEvents, events + 1);
    }

    /** A request of {@code size} events was refused. */
    void refused(int size) {
        events = Math.max(1, size / 2);
    }

    /** The most events at the moment. */
    int events() {
        return events;
    }
}
