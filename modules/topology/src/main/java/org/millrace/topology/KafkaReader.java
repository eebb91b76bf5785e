package org.millrace.topology;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads what a topic holds. The value of a record is a line.
 *
 * <p>Not thread-safe. Every method waits for the broker, for half a minute at most.
 */
public final class KafkaReader implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(500);

    private final String bootstrapServers;
    private final String topic;
    private final KafkaConsumer<byte[], byte[]> consumer;

    /** Connects to a broker. */
    public KafkaReader(String bootstrapServers, String topic) {
        this.bootstrapServers = bootstrapServers;
        this.topic = topic;
        Properties properties = new Properties();
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 10_000);
        properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 4 << 20);
        this.consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /**
     * Makes the topic where it does not exist: with one partition, and records that tell when the broker
     * got them.
     */
    public void createTopic() {
        Map<String, Object> properties = Map.of("bootstrap.servers", bootstrapServers);
        try (Admin admin = Admin.create(properties)) {
            NewTopic made = new NewTopic(topic, 1, (short) 1)
                    .configs(Map.of(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime"));
            admin.createTopics(List.of(made)).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException("cannot make the topic " + topic + ": " + e.getCause(), e);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** How many records the topic has; 0 where it does not exist. */
    public long records() {
        List<TopicPartition> partitions = partitions();
        return sum(consumer.endOffsets(partitions, PATIENCE).values())
                - sum(consumer.beginningOffsets(partitions, PATIENCE).values());
    }

    private static long sum(Collection<Long> offsets) {
        return offsets.stream().mapToLong(Long::longValue).sum();
    }

    private List<TopicPartition> partitions() {
        List<PartitionInfo> infos = consumer.partitionsFor(topic, PATIENCE);
        return infos == null
                ? List.of()
                : infos.stream()
                        .map(info -> new TopicPartition(topic, info.partition()))
                        .toList();
    }

    /**
     * Reads everything that is in the topic now, partition by partition.
     *
     * @throws IllegalStateException when the broker gives nothing for half a minute
     */
    public void read(Lines lines) {
        for (TopicPartition partition : partitions()) {
            lines.begin(partition.toString());
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition), PATIENCE).get(partition);
            readTo(end, partition, record -> lines.line(record.value(), 0, record.value().length));
        }
    }

    /**
     * Reads the records of the topic's first partition from an offset on, to its end as it is now.
     *
     * @return the offset of the end
     * @throws IllegalStateException when the broker gives nothing for half a minute
     */
    public long readFrom(long offset, Consumer<ConsumerRecord<byte[], byte[]>> records) {
        TopicPartition partition = new TopicPartition(topic, 0);
        consumer.assign(List.of(partition));
        consumer.seek(partition, offset);
        long end = consumer.endOffsets(List.of(partition), PATIENCE).get(partition);
        readTo(end, partition, records);
        return end;
    }

    private void readTo(long end, TopicPartition partition, Consumer<ConsumerRecord<byte[], byte[]>> records) {
        long lastGain = System.nanoTime();
        while (consumer.position(partition, PATIENCE) < end) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                lastGain = System.nanoTime();
                if (record.offset() < end) {
                    records.accept(record);
                }
            }
            if (System.nanoTime() - lastGain > PATIENCE.toNanos()) {
                throw new IllegalStateException(
                        partition + " has " + end + " records, and gives none for " + PATIENCE.toSeconds() + " s");
            }
        }
    }

    @Override
    public void close() {
        consumer.close(Duration.ofSeconds(2));
    }
}
