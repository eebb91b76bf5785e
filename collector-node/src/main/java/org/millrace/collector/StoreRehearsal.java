package org.millrace.collector;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a client of each store once, and lets it go, while the actor system starts. That keeps one processor
 * busy, and the first client of a store keeps another one busy for most of a second; one after the other, agents
 * that have no other collector would wait for both.
 */
final class StoreRehearsal {
    private static final Logger LOG = LoggerFactory.getLogger(StoreRehearsal.class);

    private StoreRehearsal() {}

    /** Begins it on a thread of its own, which nothing waits for. What goes wrong, the stores will find and tell. */
    static void begin(List<CollectorSettings.SinkPart> sinks) {
        Thread thread = new Thread(() -> sinks.forEach(StoreRehearsal::rehearse), "millrace-store-rehearsal");
        thread.setDaemon(true);
        thread.start();
    }

    private static void rehearse(CollectorSettings.SinkPart sink) {
        try {
            sink.rehearsal().run();
        } catch (Exception e) {
            LOG.debug(
                    "sink {}: no rehearsal; its first connection takes a little longer",
                    sink.common().name(),
                    e);
        }
    }
}
