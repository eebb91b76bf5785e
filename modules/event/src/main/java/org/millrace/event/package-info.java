/**
 * What travels through Millrace: {@link org.millrace.event.EventBatch} is the type to read first. A
 * batch is a run of consecutive events of one {@link org.millrace.event.SourceId source}, which go
 * through a channel as a {@link org.millrace.event.LaneId lane}; each event stands at a {@link
 * org.millrace.event.Position}. {@link org.millrace.event.BatchCodec} gives the
 * bytes on the wire, {@code event-batch.avsc} their schema.
 */
package org.millrace.event;
