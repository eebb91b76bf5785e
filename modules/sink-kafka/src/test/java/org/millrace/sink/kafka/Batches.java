package org.millrace.sink.kafka;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.millrace.event.EventBatch;
import org.millrace.event.SourceId;

/** Batches for tests. */
final class Batches {
    private static final SourceId SOURCE = new SourceId("spool", 7);

    private Batches() {}

    /** One event of a batch to be. */
    static final class Content {
        private final byte[] body;
        private final Map<String, String> headers;

        private Content(byte[] body, Map<String, String> headers) {
            this.body = body;
            this.headers = headers;
        }
    }

    static Content event(String body) {
        return event(body, Map.of());
    }

    static Content event(String body, Map<String, String> headers) {
        return new Content(body.getBytes(StandardCharsets.UTF_8), headers);
    }

    static Content event(byte[] body) {
        return new Content(body, Map.of());
    }

    /** The batch with these events; {@code number} sets it apart from others. */
    static EventBatch of(int number, Map<String, String> shared, List<Content> events) {
        ByteArrayOutputStream slab = new ByteArrayOutputStream();
        events.forEach(event -> slab.writeBytes(event.body));
        EventBatch.Builder builder = EventBatch.builder(SOURCE, number, 0, shared, slab.toByteArray());
        int start = 0;
        for (Content event : events) {
            int length = event.body.length;
            builder.add(start, length, builder.size() + 1L, event.headers);
            start += length;
        }
        return builder.build();
    }

    static EventBatch of(int number, Content... events) {
        return of(number, Map.of(), Arrays.asList(events));
    }
}
