package org.millrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.millrace.topology.ExpectedLines;
import org.millrace.topology.HdfsReader;
import org.millrace.topology.Installation;
import org.millrace.topology.KafkaReader;
import org.millrace.topology.SampleLog;
import org.millrace.topology.Stores;
import org.millrace.topology.Topology;

/**
 * Gives each test a topology of its own, with a topic and an HDFS directory that nobody else uses, on
 * stores that all tests of the JVM share. Ends the nodes after the test. What a test leaves behind is
 * removed when it succeeds; after a failure the logs, the configuration and the spool directory lie in
 * {@code target/system-tests/<class>.<method>}.
 */
final class RunningTopology implements BeforeEachCallback, AfterEachCallback {
    /** Long, because a busy machine is no failure. */
    static final Duration PATIENCE = Duration.ofMinutes(3);

    /** How long a node may take to end in good order. */
    static final Duration END_LIMIT = Duration.ofSeconds(60);

    private static final Path ALL = Path.of(Objects.requireNonNull(System.getProperty("millrace.system-tests")));
    /** Nodes of tests end before more compilation pays off. */
    static final String NODE_OPTIONS = "-XX:TieredStopAtLevel=1";

    private static final Instant SAMPLE_START = Instant.parse("2026-01-01T00:00:00Z");

    private final Installation installation = Installation.ofSystemProperties();
    private Stores stores;
    private String name;
    private Path directory;
    private Topology topology;

    private record SharedStores(Stores stores) implements AutoCloseable {
        @Override
        public void close() {
            stores.close();
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        stores = context.getRoot()
                .getStore(ExtensionContext.Namespace.GLOBAL)
                .getOrComputeIfAbsent(SharedStores.class, this::startStores, SharedStores.class)
                .stores();
        name = context.getRequiredTestClass().getSimpleName() + "."
                + context.getRequiredTestMethod().getName();
        directory = ALL.resolve(name);
        Directories.delete(directory);
        Files.createDirectories(directory);
    }

    private SharedStores startStores(Object key) {
        Path place = ALL.resolve("stores");
        Directories.delete(place);
        return new SharedStores(Stores.start(installation, place));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (topology != null) {
            topology.close();
        }
        if (context.getExecutionException().isEmpty()) {
            Directories.delete(directory);
        }
    }

    /** Where this test's files are, on the file system of its spool directories. */
    Path directory() {
        return directory;
    }

    /** The stores that all tests share. Who stops one starts it again. */
    Stores stores() {
        return stores;
    }

    /** Begins this test's topology; nothing runs yet. */
    Topology.Builder configure() {
        return Topology.in(directory, installation, stores)
                .topic(name)
                .hdfsPath("/" + name)
                .agentOptions(NODE_OPTIONS)
                .collectorOptions(NODE_OPTIONS);
    }

    /** Makes the topology, which is ended after the test; nothing runs yet. */
    Topology make(Topology.Builder builder) {
        topology = builder.build();
        return topology;
    }

    /** Starts the topology and waits until every collector has reached its stores. */
    Topology start(Topology.Builder builder) {
        make(builder);
        return start();
    }

    /** As {@link #start(Topology.Builder)}, where it is made already. */
    Topology start() {
        try (KafkaReader kafka = topology.kafkaReader()) {
            kafka.createTopic();
        }
        topology.start();
        assertThat(topology.awaitReady(PATIENCE))
                .as("the collectors reach their stores")
                .isTrue();
        return topology;
    }

    /** A file of distinct lines, to be dropped into the spool directory. */
    Path sample(int lines) {
        Path file = directory.resolve("sample.log");
        SampleLog.write(file, lines, SAMPLE_START);
        return file;
    }

    /** A file with this content, to be dropped into the spool directory. */
    Path file(String fileName, byte[] content) throws IOException {
        return Files.write(directory.resolve(fileName), content);
    }

    /** Waits until a file that was dropped is said to be stored. */
    void awaitCompleted(Path dropped) {
        await("completion of " + dropped)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> Files.exists(Topology.completed(dropped)));
    }

    /** Waits until Kafka has a number of records, and so until a file is under way. */
    void awaitRecords(long records) {
        try (KafkaReader kafka = topology.kafkaReader()) {
            await("records in Kafka")
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> kafka.records() >= records);
        }
    }

    /** What Kafka has. */
    ExpectedLines.Counts inKafka(ExpectedLines expected) {
        ExpectedLines.Tally tally = expected.tally();
        try (KafkaReader kafka = topology.kafkaReader()) {
            kafka.read(tally);
        }
        return tally.counts();
    }

    /** What HDFS has, in files in use as well. */
    ExpectedLines.Counts inHdfs(ExpectedLines expected) {
        ExpectedLines.Tally tally = expected.tally();
        try (HdfsReader hdfs = topology.hdfsReader()) {
            hdfs.read(tally);
        }
        return tally.counts();
    }

    /** Both stores have each line exactly once, in order, and nothing else. */
    void assertExact(Path dropped) {
        ExpectedLines expected = ExpectedLines.of(List.of(Topology.completed(dropped)));
        long all = expected.total();
        ExpectedLines.Counts perfect = new ExpectedLines.Counts(all, all, all, 0, 0, 0, 0);
        assertThat(inKafka(expected)).as("Kafka").isEqualTo(perfect);
        assertThat(inHdfs(expected)).as("HDFS").isEqualTo(perfect);
    }
}
