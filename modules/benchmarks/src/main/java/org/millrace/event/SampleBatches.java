package org.millrace.event;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Batches as a source makes them of a web server's log. */
public final class SampleBatches {
    private static final String LINE =
            "10.11.12.13 - - [25/Nov/2026:03:00:00 +0000] \"GET /catalogue?r=00000042 HTTP/1.1\" 200 5316"
                    + " \"https://shop.example/cart\" \"Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0\"";

    private SampleBatches() {}

    /** So many equal lines, with their ends. */
    public static byte[] lines(int count) {
        return (LINE + "\n").repeat(count).getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * A batch.
     *
     * @param events how many
     * @param ownHeaders how many headers each event has for itself, beside two that all share
     */
    public static EventBatch of(int events, int ownHeaders) {
        byte[] slab = lines(events);
        int each = LINE.length() + 1;
        Map<String, String> shared = Map.of("basename", "access.log", "host", "node01");
        EventBatch.Builder batch = EventBatch.builder(new SourceId("weblogs", 4711), 1, 0, shared, slab);
        for (int i = 0; i < events; i++) {
            batch.add(i * each, LINE.length(), (i + 1L) * each, own(i, ownHeaders));
        }
        return batch.build();
    }

    private static Map<String, String> own(int event, int count) {
        Map<String, String> headers = new HashMap<>();
        for (int i = 0; i < count; i++) {
            headers.put("header-" + i, "value " + event);
        }
        return headers;
    }
}
