package org.millrace.sink.avro;

import io.micrometer.core.instrument.Counter;
import java.util.HashMap;
import java.util.Map;
import org.millrace.event.EventBatch;
import org.millrace.event.Position;
import org.millrace.event.SourceId;
import org.millrace.telemetry.Telemetry;

/**
 * How far collectors have answered OK, by source, and how large requests may be: what a run learns and
 * the next one goes on with. A batch that comes again after a failure is so not sent again from its
 * beginning. Belongs to one run at a time; not thread-safe.
 */
final class Delivered {
    private final Map<SourceId, Position> positions = new HashMap<>();
    private final RequestSize size;
    private final Counter taken;
    private final Counter refused;
    private final Counter failed;

    Delivered(RequestSize size, Telemetry.Part meters) {
        this.size = size;
        this.taken = meters.counter("requests.taken");
        this.refused = meters.counter("requests.refused");
        this.failed = meters.counter("requests.failed");
    }

    /** Index of the first event that no collector has taken; the batch's size where there is none. */
    int firstAfter(EventBatch batch) {
        Position reached = positions.get(batch.source());
        if (reached == null) {
            return 0;
        }
        int first = 0;
        while (first < batch.size() && !batch.position(first).isAfter(reached)) {
            first++;
        }
        return first;
    }

    /** A collector has taken the events before index {@code until}. */
    void took(EventBatch batch, int until) {
        size.taken();
        taken.increment();
        positions.put(batch.source(), batch.position(until - 1));
    }

    /** A collector has refused a request of so many events. */
    void refused(int events) {
        size.refused(events);
        refused.increment();
    }

    /** A collector could not be reached, or has not answered. */
    void failed() {
        failed.increment();
    }

    /** Index behind the last event of the next request, which begins with event {@code from}. */
    int until(EventBatch batch, int from) {
        return size.until(batch, from);
    }
}
