package org.millrace.topology.bench;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.millrace.sink.kafka.KafkaSettings;
import org.millrace.topology.LineSplitter;
import org.millrace.topology.Lines;

/** Sends the lines of files to a topic with nothing but Kafka's producer, set as the collector's sink sets it. */
final class BareProducer {
    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private final AtomicReference<Exception> failure = new AtomicReference<>();

    private BareProducer(KafkaProducer<byte[], byte[]> producer, String topic) {
        this.producer = producer;
        this.topic = topic;
    }

    public static void main(String[] arguments) throws Exception {
        BareProgram program = new BareProgram(arguments);
        KafkaSettings settings = KafkaSettings.from(program.sink("kafka"), program.root());
        String topic = program.place();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(Map.copyOf(settings.producer()))) {
            program.run(new BareProducer(producer, topic)::store);
        }
    }

    private void store(List<Path> files) throws Exception {
        for (Path file : files) {
            try (InputStream in = Files.newInputStream(file)) {
                LineSplitter.split(in, new Lines() {
                    @Override
                    public void begin(String sequence) {}

                    @Override
                    public void line(byte[] buffer, int offset, int length) {
                        send(Arrays.copyOfRange(buffer, offset, offset + length));
                    }
                });
            }
        }
        producer.flush();
        if (failure.get() != null) {
            throw failure.get();
        }
    }

    private void send(byte[] line) {
        Future<RecordMetadata> unused = producer.send(new ProducerRecord<>(topic, line), (metadata, error) -> {
            if (error != null) {
                failure.compareAndSet(null, error);
            }
        });
    }
}
