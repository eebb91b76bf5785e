/**
 * Stores events in Kafka. {@link org.millrace.sink.kafka.KafkaStore} is the type to read first;
 * {@link org.millrace.sink.kafka.KafkaSettings} is what a user can set.
 */
package org.millrace.sink.kafka;
