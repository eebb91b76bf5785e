/**
 * The sink that delivers to Flume collectors. {@link org.millrace.sink.avro.AvroStore} is the type to
 * read first; {@link org.millrace.sink.avro.AvroStage} sends one request after the other, {@link
 * org.millrace.sink.avro.CollectorChoice} says to which collector, and {@link
 * org.millrace.sink.avro.Link} is a connection to one.
 */
package org.millrace.sink.avro;
