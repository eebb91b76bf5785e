package org.millrace.event;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Made-up batches, consecutive ones of one source, with which a node does once, and stores nowhere, what
 * it will have to do at once later.
 */
public final class RehearsalBatches {
    /** The name of their source, and of whatever else needs one. */
    public static final String NAME = "rehearsal";

    /** Events in each batch. */
    public static final int EVENTS = 32;

    private static final byte[] LINE = "a line that is not stored anywhere".getBytes(StandardCharsets.UTF_8);

    private RehearsalBatches() {}

    /** Batch {@code number}, from 1. */
    public static EventBatch batch(int number) {
        long from = (long) (number - 1) * EVENTS;
        byte[] slab = new byte[EVENTS * LINE.length];
        EventBatch.Builder batch = EventBatch.builder(new SourceId(NAME, 1), 1, from, Map.of(NAME, NAME), slab);
        for (int i = 0; i < EVENTS; i++) {
            System.arraycopy(LINE, 0, slab, i * LINE.length, LINE.length);
            batch.add(i * LINE.length, LINE.length, from + i + 1);
        }
        return batch.build();
    }
}
