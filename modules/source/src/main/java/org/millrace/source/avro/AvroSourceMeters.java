package org.millrace.source.avro;

import io.micrometer.core.instrument.Counter;
import java.util.concurrent.atomic.AtomicInteger;
import org.millrace.avrorpc.ReceivedEvents;
import org.millrace.telemetry.Telemetry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is counted and told of a source's clients. Thread-safe. */
final class AvroSourceMeters {
    private static final Logger log = LoggerFactory.getLogger(AvroSource.class);
    /** Lines about clients within {@link #PERIOD_NANOS}; a client that tries again and again has more to say. */
    private static final int LINES = 20;

    private static final long PERIOD_NANOS = 60_000_000_000L;

    private final String source;
    private final int maxConnections;
    private final Telemetry.Part meters;
    private final Counter receivedEvents;
    private final Counter receivedRequests;
    private final AtomicInteger connections = new AtomicInteger();
    private long periodStart = System.nanoTime();
    private int lines;
    private long unsaid;

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
        if (connections.incrementAndGet() <= maxConnections) {
            return true;
        }
        connections.decrementAndGet();
        meters.counter("refused.connections", "too-many").increment();
        complain("refused a connection of {}: {} are open, and max-connections allows no more", peer, maxConnections);
        return false;
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
                "answers {} FAILED: an event of {} bytes, where max-event allows less; the client will send it again",
                peer,
                bytes);
    }

    void notTaken(int events) {
        meters.counter("failed.requests", "source-ended").increment();
        complain("answers FAILED to a request of {} events, since the source ends", events);
    }

    /** A connection that ended as none should. */
    void broken(String peer, Throwable cause) {
        meters.counter("broken.connections").increment();
        complain("closed the connection of {}: {}", peer, Trouble.described(cause));
    }

    private void complain(String text, Object... arguments) {
        long left = unsaidBefore();
        if (left < 0) {
            return;
        }
        if (left > 0) {
            log.warn("source {} had {} more lines like the next within a minute", source, left);
        }
        log.warn("source " + source + " " + text, arguments);
    }

    /** How many lines were left out before the next one, or -1 where that is to be left out too. */
    private synchronized long unsaidBefore() {
        long now = System.nanoTime();
        if (now - periodStart > PERIOD_NANOS) {
            periodStart = now;
            lines = 0;
        }
        if (++lines > LINES) {
            unsaid++;
            return -1;
        }
        long left = unsaid;
        unsaid = 0;
        return left;
    }
}
