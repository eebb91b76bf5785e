package org.millrace.sink.hdfs;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.millrace.event.EventBatch;
import org.millrace.event.SourceId;

/** Batches for tests. */
final class Batches {
    private Batches() {}

    /** One event a body, no headers. */
    static EventBatch of(String source, String... bodies) {
        return of(source, Map.of(), bodies);
    }

    static EventBatch of(String source, Map<String, String> headers, String... bodies) {
        return of(source, headers, List.of(), bodies);
    }

    /** @param own the events' own headers, in order; those beyond its end have none */
    static EventBatch of(String source, Map<String, String> shared, List<Map<String, String>> own, String... bodies) {
        byte[] slab = String.join("", bodies).getBytes(StandardCharsets.UTF_8);
        EventBatch.Builder batch = EventBatch.builder(new SourceId(source, 1), 0, 0, shared, slab);
        int at = 0;
        for (int i = 0; i < bodies.length; i++) {
            int length = bodies[i].getBytes(StandardCharsets.UTF_8).length;
            batch.add(at, length, at + length + i + 1L, i < own.size() ? own.get(i) : Map.of());
            at += length;
        }
        return batch.build();
    }
}
