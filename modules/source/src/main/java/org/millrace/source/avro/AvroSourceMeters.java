package org.millrace.source.avro;

import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.millrace.avrorpc.ReceivedEvents;
import org.millrace.telemetry.Telemetry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is counted and told of a source's clients. Thread-safe. */
final class AvroSourceMeters {
    private static final Logger LOG = LoggerFactory.getLogger(AvroSource.class);
    private static final Duration PERIOD = Duration.ofMinutes(1);
    /** Lines about clients within {@link #PERIOD}; a client that tries again and again has more to say. */
    private static final int LINES = 20;

    private final String source;
    private final int maxConnections;
    private final Telemetry.Part meters;
    private final Counter receivedEvents;
    private final Counter receivedRequests;
    private final AtomicInteger connections = new AtomicInteger();
    private final LineLimit lines = new LineLimit(LINES, PERIOD, System::nanoTime);
    /** All that are turned away are turned away for the same reason, and leave the other lines their room. */
    private final LineLimit refusals = new LineLimit(1, PERIOD, System::nanoTime);

    private final LineLimit shortages = new LineLimit(1, PERIOD, System::nanoTime);
    private final Descriptors descriptors = Descriptors.ofThisProcess();

    AvroSourceMeters(AvroSourceSettings settings, ByteBudget budget, Telemetry telemetry) {
        this.source = settings.name();
        this.maxConnections = settings.maxConnections();
        this.meters = telemetry.part("source", source);
        this.receivedEvents = meters.counter("received.events");
        this.receivedRequests = meters.counter("received.requests");
        meters.gauge("connections", connections::get);
        meters.gauge("unanswered.bytes", budget::used);
    }

    /** Counts a new connection, unless there are too many. */
    boolean connected(String peer) {
        if (connections.incrementAndGet() > maxConnections) {
            connections.decrementAndGet();
            tooMany(peer);
            return false;
        }
        if (!descriptors.spareOne()) {
            connections.decrementAndGet();
            tooFewDescriptors(peer);
            return false;
        }
        return true;
    }

    private void tooMany(String peer) {
        meters.counter("refused.connections", "too-many").increment();
        complain(
                refusals,
                "refused a connection of {}: {} are open, and max-connections allows no more",
                peer,
                maxConnections);
    }

    private void tooFewDescriptors(String peer) {
        meters.counter("refused.connections", "descriptors").increment();
        complain(
                shortages,
                "refused a connection of {}: this process has only {} file descriptors left, which it keeps for files"
                        + " and its own connections; raise its limit (ulimit -n, LimitNOFILE), which max-connections,"
                        + " {}, must stay well below",
                peer,
                Descriptors.KEPT,
                maxConnections);
    }

    void disconnected() {
        connections.decrementAndGet();
    }

    void received(ReceivedEvents events) {
        receivedRequests.increment();
        receivedEvents.increment(events.size());
    }

    void eventTooLarge(String peer, long bytes) {
        meters.counter("failed.requests", "event-too-large").increment();
        complain(
                lines,
                "answers {} FAILED: an event of {} bytes, where max-event allows less; the client will send it again",
                peer,
                bytes);
    }

    void notTaken(int events) {
        meters.counter("failed.requests", "source-ended").increment();
        complain(lines, "answers FAILED to a request of {} events, since the source ends", events);
    }

    /** A connection that ended as none should. */
    void broken(String peer, Throwable cause) {
        meters.counter("broken.connections").increment();
        complain(lines, "closed the connection of {}: {}", peer, Trouble.described(cause));
    }

    private void complain(LineLimit limit, String text, Object... arguments) {
        OptionalLong left = limit.say();
        if (left.isEmpty()) {
            return;
        }
        if (left.getAsLong() > 0) {
            LOG.warn("source {} left out {} lines like the next, which came too fast", source, left.getAsLong());
        }
        LOG.warn("source " + source + " " + text, arguments);
    }
}
