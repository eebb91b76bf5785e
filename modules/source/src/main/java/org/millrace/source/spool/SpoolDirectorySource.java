package org.millrace.source.spool;

import java.time.Clock;
import org.apache.pekko.stream.javadsl.Source;
import org.millrace.event.EventBatch;
import org.millrace.source.EventSource;
import org.millrace.source.SourceControl;
import org.millrace.telemetry.Telemetry;

/**
 * A stream of what lies in a spool directory: complete files, oldest first, line by line.
 *
 * <p><b>Delivery.</b> At least once. A file is renamed or deleted only when {@link
 * SourceControl#committed} covers its last event. After a crash the stream goes on behind what was
 * committed, and the same position means the same event as before, so that a receiver can tell what
 * it has already.
 *
 * <p><b>Order.</b> One file after the other, in rising positions: the generation is the number of
 * the file, the offset is the byte behind the event. A batch never has events of two files. An empty
 * file has no events.
 *
 * <p><b>Trouble.</b> A file that cannot be read is left alone; one that changes while it is read is
 * set aside; a directory or a disk that is unusable is waited for. Each is logged once and counted.
 * The stream ends only when it is cancelled, and fails only with a {@link SpoolStateException}, at
 * its start, when its state must not be used.
 *
 * <p><b>Memory.</b> Bounded, whatever the number and size of the files: one slab, the oldest few
 * thousand candidates, and at most 10,000 files that wait for their commits; then reading pauses.
 *
 * <p><b>Threads.</b> Files are read on {@code millrace.source.blocking-dispatcher}, behind an
 * asynchronous boundary. A settings object makes one running stream at a time: the state is locked.
 */
public final class SpoolDirectorySource {
    private static final String DISPATCHER = "millrace.source.blocking-dispatcher";

    private SpoolDirectorySource() {}

    /** The source of an agent. */
    public static EventSource of(SpoolDirectorySettings settings, Telemetry telemetry) {
        return new EventSource() {
            @Override
            public String name() {
                return settings.name();
            }

            @Override
            public Source<EventBatch, SourceControl> stream() {
                return create(settings, telemetry);
            }
        };
    }

    /** Batches in order; materializes the control that takes acknowledgements back. */
    public static Source<EventBatch, SourceControl> create(SpoolDirectorySettings settings, Telemetry telemetry) {
        return create(settings, SpoolLimits.DEFAULT, telemetry);
    }

    static Source<EventBatch, SourceControl> create(
            SpoolDirectorySettings settings, SpoolLimits limits, Telemetry telemetry) {
        return Source.fromGraph(new SpoolDirectoryStage(settings, limits, telemetry, Clock.systemUTC()))
                .async(DISPATCHER);
    }
}
