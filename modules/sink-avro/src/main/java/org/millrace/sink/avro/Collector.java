package org.millrace.sink.avro;

/**
 * A collector that speaks Flume's protocol.
 *
 * @param name unique in its sink
 * @param port of its Avro source
 * @param priority a higher one is used first
 */
public record Collector(String name, String host, int port, int priority) {
    /** Where it is, for messages. */
    @Override
    public String toString() {
        return host + ":" + port;
    }
}
