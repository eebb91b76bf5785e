package org.millrace.flow;

import java.util.Map;
import org.millrace.event.EventBatch;

/**
 * How much an interceptor may add to a batch: what travels has a limit, and one expression in the
 * configuration must not make batches that no collector takes.
 */
final class Growth {
    /** Half of what one message between nodes may be; less where the batch is large before. */
    static final long LIMIT = 1 << 20;

    private final Tally tally;
    private long left;

    /** Of {@code batch}, as the interceptors before left it. */
    Growth(EventBatch batch, Tally tally) {
        this.left = Math.min(LIMIT, EventBatch.LARGEST - batch.bytes());
        this.tally = tally;
    }

    /** What headers take at most when they travel. */
    static long bytes(Map<String, String> headers) {
        long characters = 0;
        for (Map.Entry<String, String> header : headers.entrySet()) {
            characters += header.getKey().length() + header.getValue().length();
        }
        return 3 * characters;
    }

    /** Whether an event may grow by {@code bytes}; counts one that may not, and must stay as it is. */
    boolean allows(long bytes) {
        if (bytes > left) {
            tally.unchanged("too-large", 1);
            return false;
        }
        left -= bytes;
        return true;
    }
}
