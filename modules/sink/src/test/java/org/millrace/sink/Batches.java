package org.millrace.sink;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.millrace.event.EventBatch;
import org.millrace.event.SourceId;

/** Batches of one event, for tests. */
final class Batches {
    private static final SourceId SOURCE = new SourceId("spool", 7);

    private Batches() {}

    static EventBatch of(int number, String text) {
        return of(number, text.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    static EventBatch of(int number, byte[] body, Map<String, String> headers) {
        return EventBatch.builder(SOURCE, 3, number, headers, body)
                .add(0, body.length, number + 1L)
                .build();
    }

    static String text(EventBatch batch) {
        return batch.event(0).bodyAsText();
    }
}
