package org.millrace.sink.kafka;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.millrace.event.EventBatch;

/**
 * Makes the records of one batch. What all its events share is made once; a body is copied once,
 * into its record.
 */
final class RecordMaker {
    private final KafkaSettings settings;
    private final EventBatch batch;
    private final List<Header> shared;

    RecordMaker(KafkaSettings settings, EventBatch batch) {
        this.settings = settings;
        this.batch = batch;
        this.shared = settings.headers() ? headers(batch.sharedHeaders()) : List.of();
    }

    private static List<Header> headers(Map<String, String> headers) {
        List<Header> made = new ArrayList<>(headers.size());
        headers.forEach((name, value) -> made.add(new RecordHeader(name, utf8(value))));
        return made;
    }

    /** The record of an event; nothing where neither the event nor the sink names a topic. */
    Optional<ProducerRecord<byte[], byte[]>> record(int index) {
        return topic(index)
                .map(topic ->
                        new ProducerRecord<>(topic, null, null, key(index), batch.copyBody(index), headers(index)));
    }

    private Optional<String> topic(int index) {
        return settings.topicHeader()
                .map(name -> batch.header(index, name))
                .filter(topic -> !topic.isEmpty())
                .or(settings::topic);
    }

    private byte[] key(int index) {
        return settings.keyHeader()
                .map(name -> batch.header(index, name))
                .map(RecordMaker::utf8)
                .orElse(null);
    }

    private List<Header> headers(int index) {
        Map<String, String> own = batch.ownHeaders(index);
        return own.isEmpty() || !settings.headers() ? shared : headers(batch.headers(index));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
