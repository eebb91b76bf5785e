package org.millrace.source.avro;

import org.apache.pekko.stream.javadsl.Source;
import org.millrace.event.EventBatch;
import org.millrace.source.EventSource;
import org.millrace.source.SourceControl;
import org.millrace.telemetry.Telemetry;

/**
 * A server for clients that speak Flume's Avro protocol: Flume's agents, its client library, and what
 * is built on that. All their requests make one stream.
 *
 * <p><b>Delivery.</b> At least once. A client hears OK when its events are committed ({@link
 * SourceControl#committed}), or, where so configured, accepted by the channels; FAILED when the source
 * ends first, or an event is too large. What it does not hear OK for it sends again, here or
 * elsewhere. Nothing is kept on disk: a client is what a file is to other sources.
 *
 * <p><b>Order.</b> That of each connection's requests. Positions count the events of one run; each run
 * is an incarnation of its own.
 *
 * <p><b>Trouble.</b> A client that sends what is no request, or stops in the middle of one, is cut off,
 * with a line in the log; others do not notice. The stream fails when the port cannot be had, and is
 * refused when TLS cannot be used as configured.
 *
 * <p><b>Memory.</b> Bounded, see {@link ByteBudget} and {@code buffer-bytes}: nothing more is read
 * while too much is unanswered.
 *
 * <p><b>Threads.</b> None of its own: connections run on the default dispatcher and never block.
 */
public final class AvroSource {
    private AvroSource() {}

    /** The source of a node. */
    public static EventSource of(AvroSourceSettings settings, Telemetry telemetry) {
        return new EventSource() {
            @Override
            public String name() {
                return settings.name();
            }

            @Override
            public Source<EventBatch, SourceControl> stream() {
                return Source.fromGraph(new AvroSourceStage(settings, telemetry));
            }
        };
    }
}
