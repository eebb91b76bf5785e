package org.millrace.flow;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.millrace.event.EventBatch;
import org.millrace.event.Position;
import org.millrace.event.SourceId;

/** Batches of a source "s" that tests are made of. The event at index i ends at offset 10 * (i + 1). */
final class Events {
    private final ByteArrayOutputStream slab = new ByteArrayOutputStream();
    private final List<byte[]> bodies = new ArrayList<>();
    private final List<Map<String, String>> headers = new ArrayList<>();

    private Events() {}

    /** Events with these bodies and no header. */
    static EventBatch of(String... bodies) {
        Events events = new Events();
        for (String body : bodies) {
            events.add(body.getBytes(StandardCharsets.UTF_8), Map.of());
        }
        return events.sharing(Map.of());
    }

    /** As many events as there are values, each with its own header {@code name}, or with none for null. */
    static EventBatch withHeader(String name, String... values) {
        Events events = new Events();
        for (String value : values) {
            events.add(new byte[] {'x'}, value == null ? Map.of() : Map.of(name, value));
        }
        return events.sharing(Map.of());
    }

    static Events start() {
        return new Events();
    }

    Events add(byte[] body, Map<String, String> own) {
        bodies.add(body);
        headers.add(own);
        slab.writeBytes(body);
        return this;
    }

    Events add(String body, Map<String, String> own) {
        return add(body.getBytes(StandardCharsets.UTF_8), own);
    }

    /** The batch, whose events have these headers beside their own. */
    EventBatch sharing(Map<String, String> shared) {
        EventBatch.Builder batch = EventBatch.builder(new SourceId("s", 1), 1, 0, shared, slab.toByteArray());
        int at = 0;
        for (int i = 0; i < bodies.size(); i++) {
            batch.add(at, bodies.get(i).length, 10L * (i + 1), headers.get(i));
            at += bodies.get(i).length;
        }
        return batch.build();
    }

    static List<String> bodies(EventBatch batch) {
        List<String> bodies = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            bodies.add(batch.bodyText(i, StandardCharsets.UTF_8));
        }
        return bodies;
    }

    /** The indexes that the events had in a batch of this class, by their positions. */
    static List<Integer> indexes(EventBatch batch) {
        List<Integer> indexes = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            Position position = batch.position(i);
            indexes.add((int) position.offset() / 10 - 1);
        }
        return indexes;
    }
}
