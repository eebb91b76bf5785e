package org.millrace.sink.avro;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.millrace.event.EventBatch;
import org.millrace.event.SourceId;

/** Batches for tests: the bodies are the batch's number, a hyphen, and the event's. */
final class Batches {
    private static final SourceId SOURCE = new SourceId("spool", 7);

    private Batches() {}

    static EventBatch of(int number, int events) {
        return of(number, events, Map.of());
    }

    static EventBatch of(int number, int events, Map<String, String> headers) {
        byte[] slab = String.join("", bodies(number, events)).getBytes(StandardCharsets.UTF_8);
        EventBatch.Builder builder = EventBatch.builder(SOURCE, number, 0, headers, slab);
        int start = 0;
        for (String body : bodies(number, events)) {
            builder.add(start, body.length(), builder.size() + 1L);
            start += body.length();
        }
        return builder.build();
    }

    static List<String> bodies(int number, int events) {
        List<String> bodies = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            bodies.add(number + "-" + i);
        }
        return bodies;
    }
}
