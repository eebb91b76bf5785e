package org.millrace.sink.kafka;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.millrace.event.EventBatch;
import org.millrace.event.Position;
import org.millrace.event.SourceId;
import org.millrace.sink.DeadLetters;

/**
 * Records what Kafka never takes, and remembers it until its batch is done: when the stream fails in
 * between, the batch comes again, and the event must be neither sent nor recorded again. As many
 * entries as there are rejected events in batches under way. Thread-safe.
 */
final class Rejections {
    private record Place(SourceId source, Position position) {}

    private final DeadLetters letters;
    private final Set<Place> recorded = ConcurrentHashMap.newKeySet();

    Rejections(DeadLetters letters) {
        this.letters = letters;
    }

    private static Place place(EventBatch batch, int index) {
        return new Place(batch.source(), batch.position(index));
    }

    /** Whether the event was recorded before. */
    boolean contains(EventBatch batch, int index) {
        return !recorded.isEmpty() && recorded.contains(place(batch, index));
    }

    /** Records the event; blocks. */
    void record(EventBatch batch, int index, String reason, String detail) throws IOException {
        letters.record(batch, index, reason, detail);
        recorded.add(place(batch, index));
    }

    /** The batch is done and does not come again. */
    void forget(EventBatch batch) {
        for (int i = 0; i < batch.size() && !recorded.isEmpty(); i++) {
            recorded.remove(place(batch, i));
        }
    }
}
