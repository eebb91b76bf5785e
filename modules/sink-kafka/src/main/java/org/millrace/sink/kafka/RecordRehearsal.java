package org.millrace.sink.kafka;

import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.millrace.event.RehearsalBatches;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the records of some made-up batches and sends them nowhere, so that a collector that stands by has
 * loaded the classes for that before all lanes of a dead one come to it. Nothing can be stored by it: it
 * uses the producer that Kafka has for tests.
 */
final class RecordRehearsal {
    static final int BATCHES = 64;
    private static final Logger LOG = LoggerFactory.getLogger(RecordRehearsal.class);

    private RecordRehearsal() {}

    /**
     * Blocks for a moment.
     *
     * @param rejections get none, since the settings name a topic
     */
    static void run(KafkaSettings settings, Rejections rejections) {
        run(settings, rejections, new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer()));
    }

    static void run(KafkaSettings settings, Rejections rejections, MockProducer<byte[], byte[]> unsent) {
        BatchProducer producer = new BatchProducer(settings, rejections, () -> unsent, Runnable::run);
        for (int number = 1; number <= BATCHES; number++) {
            Future<RecordMetadata> unused = producer.send(
                    new ProducerRecord<>(RehearsalBatches.NAME, RehearsalBatches.batch(number)), (stored, failure) -> {
                        if (failure != null) {
                            LOG.debug("no rehearsal; the first batch takes a little longer", failure);
                        }
                    });
        }
        producer.close();
    }
}
