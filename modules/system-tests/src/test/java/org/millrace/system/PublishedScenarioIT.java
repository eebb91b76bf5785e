package org.millrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.millrace.topology.AgentLog;
import org.millrace.topology.CollectorLog;
import org.millrace.topology.HdfsReader;
import org.millrace.topology.Installation;
import org.millrace.topology.KafkaReader;
import org.millrace.topology.Lines;
import org.millrace.topology.Topology;
import org.millrace.trial.HdfsServer;
import org.millrace.trial.JavaProcess;
import org.millrace.trial.KafkaServer;

/**
 * The published scenario with the three published Flume files as they are: agents on node01 and node02,
 * collectors on node04 and node05, Kafka and HDFS on the ports that the files name. Each host is a
 * loopback address. What differs from the files is only that each agent reads a {@code /data/logdfs} of
 * its own. The collectors announce no priority: the agents' sink group says which of them works.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class PublishedScenarioIT {
    private static final Path FILES = Path.of(
            Objects.requireNonNull(System.getProperty("millrace.checkout")),
            "modules/flume/src/test/resources/org/millrace/flume");
    private static final Path DIRECTORY =
            Path.of(Objects.requireNonNull(System.getProperty("millrace.system-tests")), "PublishedScenarioIT");
    private static final String TOPIC = "rwb_topic";
    private static final int LINES = 500;

    private final Installation installation = Installation.ofSystemProperties();
    private final Map<String, JavaProcess> nodes = new HashMap<>();
    private PublishedHosts hosts;
    private KafkaServer kafka;
    private HdfsServer hdfs;

    @BeforeEach
    void startStores() throws IOException {
        Directories.delete(DIRECTORY);
        Files.createDirectories(DIRECTORY);
        hosts = PublishedHosts.write(DIRECTORY.resolve("hosts"));
        HdfsServer.Ports free = HdfsServer.Ports.free();
        HdfsServer.Ports ports = new HdfsServer.Ports(
                8020, free.nameNodeHttp(), free.dataNode(), free.dataNodeIpc(), free.dataNodeHttp());
        CompletableFuture<HdfsServer> starting = CompletableFuture.supplyAsync(() ->
                HdfsServer.start(installation.hdfsLib(), DIRECTORY.resolve("hdfs"), hosts.address("mycluster"), ports));
        kafka = KafkaServer.start(
                installation.kafkaLib(), DIRECTORY.resolve("kafka"), hosts.address("node01"), 9092, 0, Map.of());
        hdfs = starting.join();
        try (KafkaReader reader = kafkaReader()) {
            reader.createTopic();
        }
    }

    @AfterEach
    void end() {
        nodes.values().forEach(JavaProcess::close);
        kafka.close();
        hdfs.close();
    }

    @Test
    void shouldPassWithThePublishedFilesAsTheyAre() throws IOException {
        collector("node04");
        collector("node05");
        awaitReady("node04");
        awaitReady("node05");
        agent("node01");
        agent("node02");
        List<String> byNode04 = new ArrayList<>();

        byNode04.addAll(dropAndAwait("node01", "first"));
        byNode04.addAll(dropAndAwait("node02", "second"));
        assertThat(inHdfs("node04")).containsExactlyInAnyOrderElementsOf(byNode04);
        assertThat(inHdfs("node05")).as("only node04 works").isEmpty();

        nodes.remove("node04").kill();
        List<String> byNode05 = dropAndAwait("node01", "third");
        assertThat(inHdfs("node05")).containsExactlyInAnyOrderElementsOf(byNode05);

        collector("node04");
        awaitRoute("node02", "node04");
        byNode04.addAll(dropAndAwait("node02", "fourth"));
        assertThat(inHdfs("node04")).containsExactlyInAnyOrderElementsOf(byNode04);
        assertThat(inHdfs("node05")).as("node04 works again").containsExactlyInAnyOrderElementsOf(byNode05);

        assertThat(inKafka())
                .doesNotHaveDuplicates()
                .hasSize(4 * LINES)
                .containsAll(byNode04)
                .containsAll(byNode05);
        assertOdditiesAreMet();
    }

    /** Each kind of oddity, with file, line, what was written, what was taken, and why. */
    private void assertOdditiesAreMet() throws IOException {
        assertThat(warnings("node01"))
                .anyMatch(line -> line.contains("agent1.properties: 8: agent1.channels.c1.capacity: written '1000 #"))
                .anyMatch(line ->
                        line.contains("agent1.properties: 32: agent1.sinkgroups: written 'g1 \\u00a0', taken 'g1': "))
                .anyMatch(line -> line.contains("agent1.properties: 39: agent1.sinkgroups.g1.processor.maxpenalty: "
                        + "written '10000', left out: not needed: "))
                .anyMatch(line -> line.contains("agent1.properties: 24: agent1.sinks.k1.port: written '52020', "));
        assertThat(warnings("node05"))
                .anyMatch(line -> line.contains("node05.properties: 35: millrace.collector.sinks.hdfs_k2.path:"
                        + " 'hdfs://mycluster:8020' is taken as 'hdfs://mycluster': mycluster is a name service"));
        for (String node : List.of("node04", "node05")) {
            assertThat(warnings(node))
                    .anyMatch(line -> line.contains(node + ".properties: 29: a1.sinks.kafka_k1.brokerList: written"
                            + " 'node01:9092,node02:9092,node03:9092', taken 'kafka.bootstrap.servers = "))
                    .anyMatch(line -> line.contains(node + ".properties: 30: a1.sinks.kafka_k1.requiredAcks: written"
                            + " '1', taken 'acks = all': "))
                    .anyMatch(line -> line.contains("a1.channels.kafka_c1.transactionCapacity: written '100', taken"
                            + " 'transactions of up to 1000 events': "))
                    .anyMatch(line -> line.contains(node + ".properties: 38: millrace.collector.sinks.hdfs_k2."
                            + "roll-interval: 1000 ms is kept as it is written, but it makes very many small files"))
                    .anyMatch(line -> line.contains("a1.sinks.hdfs_k2.hdfs.rollCount: not written, taken"
                            + " 'roll-count = 0': Flume's default of 10 events "));
        }
    }

    private List<String> warnings(String node) throws IOException {
        return Files.readAllLines(log(node)).stream()
                .filter(line -> line.startsWith("warning: "))
                .toList();
    }

    private void agent(String node) throws IOException {
        Path spool = Files.createDirectories(spool(node));
        start(
                node,
                "MILLRACE_AGENT_OPTS",
                "-Dmillrace.agent.sources.r1.directory=" + spool,
                "agent",
                "agent1",
                "--hosts",
                hosts.file().toString());
    }

    /** On node05 mycluster is what the file's comment says: a name service, and no host. */
    private void collector(String node) throws IOException {
        boolean byNameService = node.equals("node05");
        start(
                node,
                "MILLRACE_COLLECTOR_OPTS",
                "-Xmx192m",
                "collector",
                "a1",
                "--hosts",
                (byNameService ? hosts.without("mycluster") : hosts.file()).toString(),
                "--seed-nodes",
                "node04:2552,node05:2552",
                "--hadoop-conf",
                (byNameService ? nameService() : hdfs.configuration()).toString());
    }

    private Path nameService() throws IOException {
        Path directory = Files.createDirectories(DIRECTORY.resolve("name-service"));
        Files.writeString(
                directory.resolve("hdfs-site.xml"), """
                <configuration>
                  <property><name>dfs.nameservices</name><value>mycluster</value></property>
                  <property><name>dfs.ha.namenodes.mycluster</name><value>nn1,nn2</value></property>
                  <property><name>dfs.namenode.rpc-address.mycluster.nn1</name><value>%s:8020</value></property>
                  <property><name>dfs.namenode.rpc-address.mycluster.nn2</name><value>%s:8020</value></property>
                  <property>
                    <name>dfs.client.failover.proxy.provider.mycluster</name>
                    <value>org.apache.hadoop.hdfs.server.namenode.ha.ConfiguredFailoverProxyProvider</value>
                  </property>
                  <property><name>dfs.replication</name><value>1</value></property>
                </configuration>
                """.formatted(hosts.address("mycluster"), hosts.address("node03")));
        return directory;
    }

    private void start(String node, String variable, String jvmOptions, String command, String name, String... more) {
        String file = command.equals("agent") ? "agent1" : node;
        List<String> line = new ArrayList<>(List.of(
                installation.distribution().resolve("bin/millrace").toString(),
                command,
                "--flume-conf",
                FILES.resolve(file + ".properties").toString(),
                "--name",
                name,
                "--node",
                node,
                "--cluster-host",
                node,
                "--state-directory",
                DIRECTORY.resolve(node).resolve("state").toString()));
        line.addAll(List.of(more));
        nodes.put(
                node,
                JavaProcess.start(
                        node,
                        line,
                        Map.of("JAVA_HOME", System.getProperty("java.home"), variable, jvmOptions),
                        log(node)));
    }

    private static Path log(String node) {
        return DIRECTORY.resolve(node).resolve("log");
    }

    private static Path spool(String node) {
        return DIRECTORY.resolve(node).resolve("logdfs");
    }

    /** Moves a file of distinct lines into a host's spool directory and waits until every store has it. */
    private static List<String> dropAndAwait(String node, String name) throws IOException {
        List<String> lines = IntStream.range(0, LINES)
                .mapToObj(i -> name + " line " + i + " of " + node)
                .toList();
        Path dropped = spool(node).resolve(name + ".log");
        Files.move(Files.write(DIRECTORY.resolve(name), lines), dropped);
        await("completion of " + dropped)
                .atMost(RunningTopology.PATIENCE)
                .until(() -> Files.exists(Topology.completed(dropped)));
        return lines;
    }

    /** Until then agents turn to whichever has reached them. */
    private void awaitReady(String collector) {
        CollectorLog log = new CollectorLog(log(collector));
        await(collector + " reaches its stores")
                .atMost(RunningTopology.PATIENCE)
                .until(log::isReady);
    }

    private void awaitRoute(String agent, String collector) {
        AgentLog log = new AgentLog(log(agent));
        await(agent + " delivers to " + collector)
                .atMost(RunningTopology.PATIENCE)
                .until(() -> log.look()
                        .collector()
                        .filter(address -> address.contains(hosts.address(collector)))
                        .isPresent());
    }

    /** The lines in the files that a collector wrote, whose names have its name. */
    private List<String> inHdfs(String collector) {
        StoredLines lines = new StoredLines(file -> file.contains(collector));
        try (HdfsReader reader = new HdfsReader(hdfs.uri(), "/flume/logdfs")) {
            reader.read(lines);
        }
        return lines.all;
    }

    private List<String> inKafka() {
        StoredLines lines = new StoredLines(partition -> true);
        try (KafkaReader reader = kafkaReader()) {
            reader.read(lines);
        }
        return lines.all;
    }

    private KafkaReader kafkaReader() {
        return new KafkaReader(kafka.bootstrapServers(), TOPIC);
    }

    /** The lines of the sequences that are wanted. */
    private static final class StoredLines implements Lines {
        private final Predicate<String> wanted;
        private final List<String> all = new ArrayList<>();
        private boolean taking;

        StoredLines(Predicate<String> wanted) {
            this.wanted = wanted;
        }

        @Override
        public void begin(String sequence) {
            taking = wanted.test(sequence);
        }

        @Override
        public void line(byte[] buffer, int offset, int length) {
            if (taking) {
                all.add(new String(buffer, offset, length, StandardCharsets.UTF_8));
            }
        }
    }
}
