package org.millrace.source.spool;

import io.micrometer.core.instrument.Counter;
import java.time.InstantSource;
import java.util.Optional;
import org.millrace.event.EventBatch;
import org.millrace.telemetry.Telemetry;

/** What a source counts and shows. Written by the source's thread, read by any. */
final class SpoolMeters {
    private final Telemetry.Part part;
    private final Counter opened;
    private final Counter completed;
    private final Counter unreadable;
    private final Counter events;
    private final Counter bytes;
    private volatile int inHand;
    private volatile Optional<Candidate> oldestWaiting = Optional.empty();
    private volatile int waiting;

    SpoolMeters(Telemetry.Part part, Troubles troubles, InstantSource clock) {
        this.part = part;
        opened = part.counter("files.opened");
        completed = part.counter("files.completed");
        unreadable = part.counter("files.unreadable");
        events = part.counter("events");
        bytes = part.counter("bytes");
        part.gauge("files.in.hand", () -> inHand);
        part.gauge("files.waiting", () -> waiting);
        part.gauge(
                "oldest.waiting.seconds",
                () -> oldestWaiting
                        .map(oldest -> (clock.millis() - oldest.modified().toEpochMilli()) / 1000.0)
                        .orElse(0.0));
        part.gauge("directory.ok", () -> areOk(troubles, Troubles.Area.DIRECTORY, Troubles.Area.COMPLETION));
        part.gauge("progress.ok", () -> areOk(troubles, Troubles.Area.PROGRESS));
    }

    void opened() {
        opened.increment();
    }

    void completed() {
        completed.increment();
    }

    void failed(FileChange change) {
        part.counter("files.failed", change.reason()).increment();
    }

    void unreadable() {
        unreadable.increment();
    }

    void emitted(EventBatch batch) {
        events.increment(batch.size());
        bytes.increment((double) (batch.last().offset() - batch.startOffset()));
    }

    void inHand(int files) {
        inHand = files;
    }

    /** Files that a scan found and that are not picked up yet. */
    void waiting(int files, Optional<Candidate> oldest) {
        waiting = files;
        oldestWaiting = oldest;
    }

    private static int areOk(Troubles troubles, Troubles.Area... areas) {
        for (Troubles.Area area : areas) {
            if (!troubles.isOk(area)) {
                return 0;
            }
        }
        return 1;
    }
}
