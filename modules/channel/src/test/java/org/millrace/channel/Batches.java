package org.millrace.channel;

import java.util.List;
import java.util.Map;
import org.millrace.event.EventBatch;
import org.millrace.event.Position;
import org.millrace.event.SourceId;
import org.millrace.flow.Selection;
import org.millrace.flow.Selector;

/** Small batches that a test tells apart by their number. An event of them weighs 20 bytes. */
final class Batches {
    static final int EVENT_BYTES = 20;
    private static final int STRIDE = 100;
    private static final byte[] BODY = new byte[EVENT_BYTES - 16];

    private Batches() {}

    /** Batch {@code number} of one source, with one event. */
    static EventBatch batch(int number) {
        return batch("source", number, 1);
    }

    /** Batch {@code number} of {@code source}. */
    static EventBatch batch(String source, int number, int events) {
        long start = (long) number * STRIDE;
        EventBatch.Builder batch = EventBatch.builder(new SourceId(source, 1), 1, start, Map.of(), BODY);
        for (int event = 1; event <= events; event++) {
            batch.add(0, BODY.length, start + event);
        }
        return batch.build();
    }

    /** All of {@code batch} into each of {@code channels}, and required there. */
    static Selection into(EventBatch batch, List<String> channels) {
        return Selector.replicating(channels).select(batch);
    }

    static int numberOf(EventBatch batch) {
        return Math.toIntExact(batch.startOffset() / STRIDE);
    }

    /** Where {@link #batch(int)} ends. */
    static Position last(int number) {
        return batch(number).last();
    }
}
