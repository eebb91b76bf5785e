package org.millrace.sink.kafka;

import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.millrace.event.SampleBatches;

/**
 * Makes the records of some made-up batches and sends them nowhere, so that a collector that stands by has
 * loaded the classes for that before all lanes of a dead one come to it. Nothing can be stored by it: it
 * uses the producer that Kafka has for tests.
 */
final class RecordRehearsal {
    private static final int BATCHES = 64;

    private RecordRehearsal() {}

    /**
     * Blocks for a moment.
     *
     * @param rejections get none, since the settings name a topic
     */
    static void run(KafkaSettings settings, Rejections rejections) {
        BatchProducer producer = new BatchProducer(
                settings,
                rejections,
                () -> new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()),
                Runnable::run);
        for (int number = 1; number <= BATCHES; number++) {
            Future<RecordMetadata> unused = producer.send(
                    new ProducerRecord<>(SampleBatches.NAME, SampleBatches.batch(number)), (stored, failure) -> {});
        }
        producer.close();
    }
}
