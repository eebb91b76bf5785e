package org.millrace.sink.hdfs;

import java.time.Duration;
import java.time.Instant;

/**
 * Decides when a file is closed and a new one begun. Immutable, no clock of its own.
 *
 * <p>The limit in events is met exactly. A file that has reached the limit in bytes ends with the
 * batch that reached it. Neither of the two cuts a line whose parts are still coming; the limits in
 * time do, because the rest may never come.
 *
 * @param bytes a file is closed once it has so many bytes; 0 = off
 * @param events a file is closed once it has so many events; 0 = off
 * @param interval a file is closed so long after it was opened; 0 = off
 * @param idle a file is closed when nothing was written for so long; 0 = off
 */
public record RollPolicy(long bytes, long events, Duration interval, Duration idle) {
    /**
     * What a decision depends on.
     *
     * @param insideLine whether the last event written was a part of a line, and not its last part
     */
    record FileState(long bytes, long events, Instant openedAt, Instant writtenAt, boolean insideLine) {}

    /** Why a file is closed. */
    enum Reason {
        NOT_YET,
        SIZE,
        COUNT,
        AGE,
        IDLE
    }

    /** Whether a file is to be closed, and why. */
    Reason decide(FileState file, Instant now) {
        if (isOn(interval) && !now.isBefore(file.openedAt().plus(interval))) {
            return Reason.AGE;
        }
        if (isOn(idle) && !now.isBefore(file.writtenAt().plus(idle))) {
            return Reason.IDLE;
        }
        if (file.insideLine()) {
            return Reason.NOT_YET;
        }
        if (events > 0 && file.events() >= events) {
            return Reason.COUNT;
        }
        return bytes > 0 && file.bytes() >= bytes ? Reason.SIZE : Reason.NOT_YET;
    }

    /** How many of {@code wanted} events to write before deciding again; at least 1. */
    int room(FileState file, int wanted) {
        return events == 0 ? wanted : (int) Math.max(1, Math.min(wanted, events - file.events()));
    }

    /** When time alone would close a file, unless something is written before. */
    Instant dueAt(FileState file) {
        Instant due = Instant.MAX;
        if (isOn(interval)) {
            due = file.openedAt().plus(interval);
        }
        if (isOn(idle) && file.writtenAt().plus(idle).isBefore(due)) {
            due = file.writtenAt().plus(idle);
        }
        return due;
    }

    private static boolean isOn(Duration duration) {
        return !duration.isZero();
    }
}
