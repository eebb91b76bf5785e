package org.millrace.sink;

import java.io.IOException;
import org.millrace.event.EventBatch;

/**
 * Keeps events that a store can never take, with the reason, so that they do not hold up the rest
 * and are not lost.
 */
public interface DeadLetters {
    /**
     * Records one event; it is on disk when this returns. Blocks, so call it from a sink's own
     * dispatcher or thread. Thread-safe.
     *
     * @param reason a short fixed text, such as {@code record-too-large}: the counter's tag
     * @param detail what happened in full, for the reader of the file
     * @throws IOException when it could not be recorded; the event then counts as not stored
     */
    void record(EventBatch batch, int index, String reason, String detail) throws IOException;
}
