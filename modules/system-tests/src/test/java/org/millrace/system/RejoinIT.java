package org.millrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.millrace.topology.AgentLog;
import org.millrace.topology.ExpectedLines;
import org.millrace.topology.Node;
import org.millrace.topology.Topology;
import org.millrace.topology.feed.FedLane;
import org.millrace.topology.feed.FedLine;
import org.millrace.topology.feed.Feed;

/**
 * Nodes that are cut off, with events in their hands, for longer than the cluster is patient. Both collectors
 * are seed nodes.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class RejoinIT {
    private static final int LINES = 200_000;
    private static final int MIDDLE = 30_000;
    private static final int STEADY_LINES = 500;
    private static final Duration FILE_EVERY = Duration.ofMillis(250);

    private static final String SETTINGS = """
            millrace.cluster.bind-host = "%s"
            pekko.cluster.larger-side-stays.patience = 3 s
            """.formatted(RelayedLinks.BEHIND);

    /** What may be under way at a time: the agent's channel holds what is not committed. */
    private static final String WINDOW = """
            millrace.agent.channels.c1.capacity-bytes = 2 MiB
            millrace.agent.sources.weblogs { poll-interval = 20 ms, rest-time = 0 s }
            """;

    /** Twice as many as that for each of two lanes, for what is committed and not yet on disk. */
    private static final int LINES_OF_WINDOWS = 2 * 2 * (2 << 20) / FedLine.USUAL_LENGTH;

    @RegisterExtension
    private final RunningTopology running = new RunningTopology();

    /**
     * Three sides: node01 with node05 stays, for of two halves that with the lowest address does; node02 is
     * alone, and so is node04, which both agents deliver to.
     */
    @Test
    void shouldLoseNothingWhenNodesAreDownedWhileTheyAreCutOff() {
        Topology topology = running.make(running.configure()
                .agents(2)
                .ownAddresses()
                .agentSettings(SETTINGS + WINDOW)
                .collectorSettings(SETTINGS));
        Node node01 = topology.node("node01");
        Node node02 = topology.node("node02");
        Node node04 = topology.node("node04");
        Node node05 = topology.node("node05");
        List<FedLane> lanes = List.of(FedLane.of(topology, node01), FedLane.of(topology, node02));
        // The nodes end before the links do, or they would wait for each other.
        try (RelayedLinks links = new RelayedLinks(topology.nodes());
                topology;
                Feed feed = new Feed(lanes, FedLine.USUAL_LENGTH, running.directory())) {
            running.start();
            awaitOneCluster(topology.nodes());
            Map<Node, Long> processes = processes(topology);
            List<Path> files =
                    lanes.stream().map(lane -> feed.file(lane, LINES)).toList();
            feed.start(STEADY_LINES, FILE_EVERY);
            running.awaitRecords(MIDDLE);

            links.cut(node02, List.of(node01, node04, node05));
            links.cut(node04, List.of(node01, node02, node05));
            assertThat(files).as("the files are not completed yet").allMatch(Files::exists);
            awaitLog(node01, "giving up members that have been out of reach .*", node02.address(), node04.address());
            awaitLog(node02, "out of reach of 3 of 4 members .*: starting anew");
            awaitLog(node02, "gave up \\d+ events that are not acknowledged");
            awaitLog(node02, "the cluster had given up node node02; it joins again");
            awaitLog(node04, "out of reach of 3 of 4 members .*: starting anew");
            awaitLog(node04, "the cluster had given up node node04; it joins again");
            running.awaitCompleted(files.get(0));
            awaitRoute(topology, node01, node05);
            awaitOneCluster(List.of(node01, node05));
            awaitOneCluster(List.of(node04));
            assertThat(files.get(1)).as("node02 still holds what it had").exists();

            links.mend();
            awaitOneCluster(topology.nodes());
            awaitRoute(topology, node01, node04);
            awaitRoute(topology, node02, node04);
            feed.stop();
            await("all files are completed")
                    .atMost(RunningTopology.PATIENCE)
                    .until(() -> lanes.stream().allMatch(lane -> pending(lane).isEmpty()));

            assertThat(processes(topology)).as("no process ended").isEqualTo(processes);
            assertThat(log(node01) + log(node05))
                    .as("who was on the larger side")
                    .doesNotContain("joins again", "there are two clusters");
            assertNothingLost(lanes, feed);
        }
    }

    private void assertNothingLost(List<FedLane> lanes, Feed feed) {
        ExpectedLines expected = ExpectedLines.of(
                lanes.stream().flatMap(lane -> files(lane).stream()).toList());
        assertThat(expected.total())
                .as("all that was fed is completed")
                .isEqualTo(
                        lanes.stream().mapToLong(lane -> feed.fed(lane.name())).sum());
        Map.of("Kafka", running.inKafka(expected), "HDFS", running.inHdfs(expected))
                .forEach((store, counts) -> {
                    assertThat(counts.missing()).as("missing in " + store).isZero();
                    assertThat(counts.foreign()).as("foreign in " + store).isZero();
                    assertThat(counts.duplicated())
                            .as("duplicated in " + store + ": what node04 held and could not acknowledge")
                            .isPositive()
                            .isLessThanOrEqualTo(LINES_OF_WINDOWS);
                });
    }

    /** Until each of them says that just these are up and nobody else is a member. */
    private static void awaitOneCluster(List<Node> nodes) {
        ClusterState one = new ClusterState(nodes.stream().map(Node::address).collect(Collectors.toSet()), Set.of());
        await("one cluster of " + nodes.stream().map(Node::name).toList())
                .atMost(RunningTopology.PATIENCE)
                .pollInterval(Duration.ofMillis(500))
                .failFast("a process ended", () -> !nodes.stream().allMatch(Node::isAlive))
                .untilAsserted(() -> assertThat(nodes.stream().collect(Collectors.toMap(Node::name, ClusterState::of)))
                        .isEqualTo(nodes.stream().collect(Collectors.toMap(Node::name, node -> one))));
    }

    private static void awaitRoute(Topology topology, Node agent, Node collector) {
        AgentLog log = new AgentLog(agent.log());
        await(agent.name() + " delivers to " + collector.name())
                .atMost(RunningTopology.PATIENCE)
                .until(() -> log.look()
                        .collector()
                        .map(topology::nameOf)
                        .filter(collector.name()::equals)
                        .isPresent());
    }

    private static Map<Node, Long> processes(Topology topology) {
        return topology.nodes().stream()
                .filter(Node::isAlive)
                .collect(Collectors.toMap(Function.identity(), Node::pid));
    }

    /** Waits until one line of a node's log has this and, behind it, each of {@code words}. */
    private static void awaitLog(Node node, String pattern, String... words) {
        await(node.name() + " logs: " + pattern)
                .atMost(RunningTopology.PATIENCE)
                .until(() -> log(node)
                        .lines()
                        .anyMatch(line -> line.matches(".*" + pattern + ".*")
                                && Stream.of(words).allMatch(line::contains)));
    }

    private static String log(Node node) {
        try {
            return Files.readString(node.log());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + node.log(), e);
        }
    }

    private static List<Path> pending(FedLane lane) {
        List<Path> files = new ArrayList<>(files(lane));
        files.removeIf(file -> file.toString().endsWith(".COMPLETED"));
        return files;
    }

    private static List<Path> files(FedLane lane) {
        try (Stream<Path> files = Files.list(lane.spool())) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look into " + lane.spool(), e);
        }
    }
}
