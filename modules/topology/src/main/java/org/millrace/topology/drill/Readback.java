package org.millrace.topology.drill;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.millrace.topology.HdfsReader;
import org.millrace.topology.KafkaReader;
import org.millrace.topology.Lines;
import org.millrace.topology.Topology;
import org.millrace.topology.feed.FedLine;

/** Reads fed lines back out of the stores. Not thread-safe. */
final class Readback implements AutoCloseable {
    private static final String COLLECTOR = "Collector";

    private final KafkaReader kafka;
    private final HdfsReader hdfs;
    private long next;
    private long bytesInKafka;
    private Set<String> closedBefore = Set.of();

    Readback(Topology topology) {
        this.kafka = topology.kafkaReader();
        this.hdfs = topology.hdfsReader();
    }

    /** Passes over all that Kafka has now, and what HDFS has that nobody changes any more. */
    void skip() {
        next = kafka.records();
        closedBefore = hdfs.closedFiles();
    }

    /** Adds what has come to Kafka since the last time. */
    void collect(List<Arrival> arrivals) {
        next = kafka.readFrom(next, record -> {
            bytesInKafka += record.value().length + 1;
            arrival(record).ifPresent(arrivals::add);
        });
    }

    private static Optional<Arrival> arrival(ConsumerRecord<byte[], byte[]> record) {
        Header collector = record.headers().lastHeader(COLLECTOR);
        return FedLine.parse(record.value(), 0, record.value().length)
                .map(line -> new Arrival(
                        line,
                        record.timestamp(),
                        collector == null ? "?" : new String(collector.value(), StandardCharsets.UTF_8)));
    }

    /** Bytes of the records that were collected so far, each with the end that its line has in HDFS. */
    long bytesInKafka() {
        return bytesInKafka;
    }

    /** Bytes in HDFS, those in files that are being written included. */
    long bytesInHdfs() {
        return hdfs.bytes();
    }

    /** Files in HDFS that are not closed under their final names. */
    List<String> filesInUse() {
        return hdfs.filesInUse();
    }

    /** Counts the lines in HDFS that have one of these numbers, and were fed since the last {@link #skip}. */
    Map<String, Findings.Copies> inHdfs(Map<String, Findings.Numbers> fed) {
        Map<String, Findings.Copies> copies = new HashMap<>();
        fed.forEach((agent, numbers) -> copies.put(agent, new Findings.Copies(numbers)));
        hdfs.readAllBut(closedBefore, new Lines() {
            @Override
            public void begin(String sequence) {
                copies.values().forEach(Findings.Copies::begin);
            }

            @Override
            public void line(byte[] buffer, int offset, int length) {
                FedLine.parse(buffer, offset, length)
                        .ifPresent(line -> copies.get(line.lane()).add(line));
            }
        });
        return copies;
    }

    @Override
    public void close() {
        kafka.close();
        hdfs.close();
    }
}
