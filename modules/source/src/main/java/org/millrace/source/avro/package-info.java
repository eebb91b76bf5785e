/**
 * Events of clients that speak Flume's Avro protocol. {@link org.millrace.source.avro.AvroSource} is
 * the type to read first. Each connection is a {@code Conversation}; {@code AvroSourceStage} puts what
 * they bring into one lane and takes the verdicts back; {@code ByteBudget} keeps all of them within
 * their limit, and {@code Opening} tells from a peer's first bytes how it speaks.
 */
package org.millrace.source.avro;
