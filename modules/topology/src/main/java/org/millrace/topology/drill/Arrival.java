package org.millrace.topology.drill;

import org.millrace.topology.feed.FedLine;

/**
 * A line as Kafka has it.
 *
 * @param at when the broker got it, in milliseconds since 1970
 * @param collector the name of the collector that stored it, from the header that it gives each line
 */
record Arrival(FedLine line, long at, String collector) {
    String agent() {
        return line.lane();
    }

    /** Milliseconds from feed to broker. */
    long late() {
        return at - line.fedAt();
    }
}
