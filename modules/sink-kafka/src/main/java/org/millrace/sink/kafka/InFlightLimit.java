package org.millrace.sink.kafka;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Begins sends in their order, while all that have begun and not ended weigh no more than a limit. One that is
 * heavier goes alone, and so does the first: a broker takes whatever comes first from a new producer, and would store
 * a later request where it had refused the first one. Not thread-safe.
 */
final class InFlightLimit {
    private record Waiting(long bytes, Runnable begin) {}

    private final long limit;
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private long bytesInFlight;
    private boolean oneHasEnded;

    InFlightLimit(long limit) {
        this.limit = limit;
    }

    /** Begins a send now, or when those before it have begun and enough of them have ended. */
    void send(long bytes, Runnable begin) {
        waiting.add(new Waiting(bytes, begin));
        beginWhatFits();
    }

    /** A send that has begun ended, well or badly. */
    void ended(long bytes) {
        bytesInFlight -= bytes;
        oneHasEnded = true;
        beginWhatFits();
    }

    private void beginWhatFits() {
        while (!waiting.isEmpty() && (bytesInFlight == 0 || hasRoomFor(waiting.peek()))) {
            Waiting next = waiting.remove();
            bytesInFlight += next.bytes;
            next.begin.run();
        }
    }

    private boolean hasRoomFor(Waiting next) {
        return oneHasEnded && bytesInFlight + next.bytes <= limit;
    }
}
