package org.millrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.millrace.topology.Installation;
import org.millrace.trial.FlumeNode;
import org.millrace.trial.JavaProcess;

/**
 * docs/migrating-from-flume.md, carried out: two Flume agents that deliver to two Flume collectors become
 * Millrace's, one node at a time and with either end first, while files keep coming. Nothing is lost.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class MigrationIT {
    private static final Path FLUME = Path.of(System.getProperty("millrace.flume-server.lib"));
    private static final Path DIRECTORY =
            Path.of(Objects.requireNonNull(System.getProperty("millrace.system-tests")), "MigrationIT");
    private static final int AVRO_PORT = 52020;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Installation installation = Installation.ofSystemProperties();
    private final Map<String, FlumeNode> flume = new HashMap<>();
    private final Map<String, JavaProcess> millrace = new HashMap<>();
    private PublishedHosts hosts;
    private SpoolFeed feed;

    @BeforeEach
    void startFlume() throws IOException {
        Directories.delete(DIRECTORY);
        Files.createDirectories(DIRECTORY);
        hosts = PublishedHosts.write(DIRECTORY.resolve("hosts"));
        for (String node : List.of("node04", "node05")) {
            Files.createDirectories(DIRECTORY.resolve(node).resolve("out"));
            flume.put(node, FlumeNode.start(FLUME, DIRECTORY.resolve(node), flumeCollector(node, true)));
        }
        for (String node : List.of("node01", "node02")) {
            Files.createDirectories(spool(node));
            flume.put(node, FlumeNode.start(FLUME, DIRECTORY.resolve(node), agentFile(node)));
        }
        feed = SpoolFeed.start(DIRECTORY.resolve("feed"), List.of(spool("node01"), spool("node02")));
    }

    @AfterEach
    void end() {
        feed.close();
        millrace.values().forEach(JavaProcess::close);
        flume.values().forEach(FlumeNode::close);
    }

    @Test
    void shouldLoseNothingWhenAgentsMoveFirst() throws IOException {
        awaitLoad();
        for (String agent : List.of("node01", "node02")) {
            replaceAgent(agent, "--flume-collectors", hosts.address("node04") + "," + hosts.address("node05"));
            awaitLoad();
        }
        for (String collector : List.of("node05", "node04")) {
            replaceCollector(collector);
            awaitLoad();
        }
        for (String agent : List.of("node01", "node02")) {
            JavaProcess before = millrace.remove(agent);
            before.terminate();
            before.awaitExit(PATIENCE);
            startAgent(agent);
            awaitLoad();
        }
        assertNothingIsLost();
    }

    @Test
    void shouldLoseNothingWhenCollectorsMoveFirst() throws IOException {
        awaitLoad();
        for (String collector : List.of("node05", "node04")) {
            replaceCollector(collector);
            awaitLoad();
        }
        for (String agent : List.of("node01", "node02")) {
            replaceAgent(agent);
            awaitLoad();
        }
        assertNothingIsLost();
    }

    /** What Flume's memory channel holds dies with it, so no files come until it is empty. */
    private void replaceAgent(String node, String... options) {
        feed.hold(spool(node));
        awaitArrival();
        flume.remove(node).stop();
        startAgent(node, options);
        feed.release(spool(node));
    }

    private void startAgent(String node, String... options) {
        List<String> line = new ArrayList<>(List.of(
                "agent",
                "--flume-conf",
                DIRECTORY.resolve(node).resolve("flume.properties").toString(),
                "--name",
                "a1",
                "--node",
                node,
                "--cluster-host",
                hosts.address(node),
                "--state-directory",
                DIRECTORY.resolve(node).resolve("state").toString()));
        line.addAll(List.of(options));
        start(node, line);
    }

    /** The Flume collector goes on without a source, until its channel is empty. */
    private void replaceCollector(String node) throws IOException {
        flume.get(node).stop();
        flume.put(node, FlumeNode.start(FLUME, DIRECTORY.resolve(node), flumeCollector(node, false)));
        Path file = Files.writeString(DIRECTORY.resolve(node + ".conf"), millraceCollector(node));
        start(node, List.of("collector", "--config", file.toString()));
    }

    private void start(String node, List<String> arguments) {
        List<String> line = new ArrayList<>();
        line.add(installation.distribution().resolve("bin/millrace").toString());
        line.addAll(arguments);
        Map<String, String> environment = Map.of("JAVA_HOME", System.getProperty("java.home"));
        millrace.put(
                node,
                JavaProcess.start(
                        node, line, environment, DIRECTORY.resolve(node).resolve("log")));
    }

    /** Waits until lines arrive that were not there when it began. */
    private void awaitLoad() {
        Set<String> fed = feed.lines();
        await("more lines, and those of before")
                .atMost(PATIENCE)
                .until(() -> feed.lines().size() > fed.size() + 1_000 && stored().size() > fed.size());
    }

    private void awaitArrival() {
        await("arrival of what was fed to who is held")
                .atMost(PATIENCE)
                .until(() -> feed.heldAreCompleted() && stored().containsAll(feed.linesOfHeld()));
    }

    private void assertNothingIsLost() {
        feed.close();
        Set<String> fed = feed.lines();
        await("everything that was fed").atMost(PATIENCE).until(() -> stored().containsAll(fed));
        assertThat(stored()).isEqualTo(fed);
    }

    /** Lines that Flume's collectors and Millrace's have written. */
    private Set<String> stored() {
        Set<String> lines = new HashSet<>();
        for (Path directory : List.of(
                DIRECTORY.resolve("node04").resolve("out"),
                DIRECTORY.resolve("node05").resolve("out"),
                DIRECTORY.resolve("stored"))) {
            read(directory, lines);
        }
        return lines;
    }

    private static void read(Path directory, Set<String> lines) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(
                            found -> !found.getFileName().toString().startsWith("."))
                    .toList()) {
                if (Files.exists(file)) {
                    String text = Files.readString(file);
                    text.substring(0, text.lastIndexOf('\n') + 1).lines().forEach(lines::add);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path spool(String node) {
        return DIRECTORY.resolve(node).resolve("spool");
    }

    private String agentFile(String node) {
        return """
                a1.sources = r1
                a1.channels = c1
                a1.sinks = k1 k2
                a1.sources.r1.type = spooldir
                a1.sources.r1.spoolDir = %s
                a1.sources.r1.channels = c1
                a1.channels.c1.type = memory
                a1.channels.c1.capacity = 10000
                a1.sinks.k1.type = avro
                a1.sinks.k1.channel = c1
                a1.sinks.k1.hostname = %s
                a1.sinks.k1.port = %d
                a1.sinks.k2.type = avro
                a1.sinks.k2.channel = c1
                a1.sinks.k2.hostname = %s
                a1.sinks.k2.port = %d
                a1.sinkgroups = g1
                a1.sinkgroups.g1.sinks = k1 k2
                a1.sinkgroups.g1.processor.type = failover
                a1.sinkgroups.g1.processor.priority.k1 = 10
                a1.sinkgroups.g1.processor.priority.k2 = 5
                a1.sinkgroups.g1.processor.maxpenalty = 1000
                """.formatted(spool(node), hosts.address("node04"), AVRO_PORT, hosts.address("node05"), AVRO_PORT);
    }

    private String flumeCollector(String node, boolean withSource) {
        Path own = DIRECTORY.resolve(node);
        return """
                %s
                a1.channels = c1
                a1.sinks = k1
                a1.sources.r1.type = avro
                a1.sources.r1.bind = %s
                a1.sources.r1.port = %d
                a1.sources.r1.channels = c1
                a1.channels.c1.type = file
                a1.channels.c1.checkpointDir = %s/checkpoint
                a1.channels.c1.dataDirs = %s/data
                a1.channels.c1.minimumRequiredSpace = 1048576
                a1.sinks.k1.type = file_roll
                a1.sinks.k1.channel = c1
                a1.sinks.k1.sink.directory = %s/out
                a1.sinks.k1.sink.rollInterval = 0
                """.formatted(withSource ? "a1.sources = r1" : "", hosts.address(node), AVRO_PORT, own, own, own);
    }

    private String millraceCollector(String node) {
        String host = hosts.address(node);
        return """
                millrace {
                  node { name = %s, state-directory = "%s/state" }
                  cluster { host = "%s", seed-nodes = ["%s:2552", "%s:2552"] }
                  collector {
                    priority = %d
                    sources.flume { type = avro, bind = "%s", port = %d, channels = [c] }
                    channels.c {}
                    sinks.files { type = hdfs, channel = c, path = "file://%s/stored", timestamp = local, roll-interval = 1 s }
                  }
                }
                """.formatted(
                        node,
                        DIRECTORY.resolve(node),
                        host,
                        hosts.address("node04"),
                        hosts.address("node05"),
                        node.equals("node04") ? 10 : 5,
                        host,
                        AVRO_PORT,
                        DIRECTORY);
    }
}
