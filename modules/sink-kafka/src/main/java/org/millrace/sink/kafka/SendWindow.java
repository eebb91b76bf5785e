package org.millrace.sink.kafka;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Begins sends in their order, while all that have begun and not ended weigh no more than a limit. One that is
 * heavier has the window to itself. Not thread-safe.
 */
final class SendWindow {
    private record Waiting(long bytes, Runnable begin) {}

    private final long limit;
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private long bytesUnderWay;

    SendWindow(long limit) {
        this.limit = limit;
    }

    /** Begins a send now, or when those before it have begun and enough of them have ended. */
    void send(long bytes, Runnable begin) {
        waiting.add(new Waiting(bytes, begin));
        beginWhatFits();
    }

    /** A send that has begun ended, well or badly. */
    void ended(long bytes) {
        bytesUnderWay -= bytes;
        beginWhatFits();
    }

    private void beginWhatFits() {
        while (!waiting.isEmpty() && (bytesUnderWay == 0 || bytesUnderWay + waiting.peek().bytes <= limit)) {
            Waiting next = waiting.remove();
            bytesUnderWay += next.bytes;
            next.begin.run();
        }
    }
}
