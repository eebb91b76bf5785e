package org.millrace.source.spool;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.millrace.event.EventBatch;
import org.millrace.event.Position;

/** One event as a receiver sees it; the body as ISO 8859-1, which keeps every byte. */
record Sent(Position position, String body, Map<String, String> headers) {
    static List<Sent> of(EventBatch batch) {
        List<Sent> events = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            String body = new String(batch.copyBody(i), StandardCharsets.ISO_8859_1);
            events.add(new Sent(batch.position(i), body, batch.headers(i)));
        }
        return events;
    }

    static List<String> bodies(List<Sent> events) {
        return events.stream().map(Sent::body).toList();
    }

    String basename() {
        return headers.get("basename");
    }
}
