package org.millrace.topology;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.millrace.trial.FreePorts;
import org.millrace.trial.HdfsServer;
import org.millrace.trial.KafkaServer;

/** A real Kafka and a real HDFS, which several topologies can share. Closing it ends both. */
public final class Stores implements AutoCloseable {
    private final KafkaServer kafka;
    private final HdfsServer hdfs;

    private Stores(KafkaServer kafka, HdfsServer hdfs) {
        this.kafka = kafka;
        this.hdfs = hdfs;
    }

    /** As {@link #start(Installation, Path, int, int)}, on free ports. */
    public static Stores start(Installation installation, Path directory) {
        return start(installation, directory, 0, 0);
    }

    /**
     * Starts both at the same time and waits until they serve.
     *
     * @param directory where they keep their state, in {@code kafka} and {@code hdfs}
     * @param kafkaPort where Kafka's clients connect; 0 for a free port
     * @param hdfsPort the NameNode's port for clients; 0 for a free port
     * @throws IllegalStateException when one of them does not start; neither runs then
     */
    public static Stores start(Installation installation, Path directory, int kafkaPort, int hdfsPort) {
        // Taken together, or the two could find the same port.
        List<Integer> free = FreePorts.take(7);
        int kafkaClients = kafkaPort == 0 ? free.get(0) : kafkaPort;
        HdfsServer.Ports hdfsPorts = new HdfsServer.Ports(
                hdfsPort == 0 ? free.get(2) : hdfsPort, free.get(3), free.get(4), free.get(5), free.get(6));
        CompletableFuture<KafkaServer> kafka = CompletableFuture.supplyAsync(() -> KafkaServer.start(
                installation.kafkaLib(), directory.resolve("kafka"), kafkaClients, free.get(1), Map.of()));
        CompletableFuture<HdfsServer> hdfs = CompletableFuture.supplyAsync(
                () -> HdfsServer.start(installation.hdfsLib(), directory.resolve("hdfs"), hdfsPorts));
        try {
            return new Stores(kafka.join(), hdfs.join());
        } catch (CompletionException e) {
            kafka.thenAccept(KafkaServer::close)
                    .exceptionally(notRunning -> null)
                    .join();
            hdfs.thenAccept(HdfsServer::close).exceptionally(notRunning -> null).join();
            throw new IllegalStateException(e.getCause().getMessage(), e.getCause());
        }
    }

    /** The broker, to stop, kill or freeze it. */
    public KafkaServer kafka() {
        return kafka;
    }

    /** The NameNode and the DataNode, to kill or freeze them. */
    public HdfsServer hdfs() {
        return hdfs;
    }

    /** Where Kafka's clients connect. */
    public String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    /** Where HDFS's clients connect. */
    public URI hdfsUri() {
        return hdfs.uri();
    }

    /** A reader of a topic. */
    public KafkaReader kafkaReader(String topic) {
        return new KafkaReader(bootstrapServers(), topic);
    }

    /** A reader of a directory in HDFS. */
    public HdfsReader hdfsReader(String path) {
        return new HdfsReader(hdfsUri(), path);
    }

    @Override
    public void close() {
        try {
            kafka.close();
        } finally {
            hdfs.close();
        }
    }
}
