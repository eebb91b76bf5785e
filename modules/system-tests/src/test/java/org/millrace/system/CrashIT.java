package org.millrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.millrace.topology.ExpectedLines;
import org.millrace.topology.HdfsReader;
import org.millrace.topology.Node;
import org.millrace.topology.Topology;

/**
 * Nodes that die, freeze or are stopped in the middle of a file. Of what is tagged {@code drilled} the drill
 * has more, and runs in its place where it runs.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class CrashIT {
    private static final int LINES = 300_000;
    private static final int MIDDLE = 30_000;

    /** What may be under way at a time: the agent's channel holds what is not committed. */
    private static final String WINDOW = """
            millrace.agent.channels.c1.capacity-bytes = 2 MiB
            millrace.agent.sources.weblogs.progress-interval = 100 ms
            """;

    /** Lines of about 170 bytes, and twice as many, for what is committed and not yet on disk. */
    private static final int LINES_OF_WINDOW = 2 * (2 << 20) / 170;

    @RegisterExtension
    private final RunningTopology running = new RunningTopology();

    @Test
    void shouldLoseNothingWhenTheAgentIsKilled() {
        Topology topology = running.start(running.configure().agentSettings(WINDOW));
        Path dropped = topology.drop(running.sample(LINES));
        running.awaitRecords(MIDDLE);
        topology.agent().kill();
        assertThat(dropped).as("the file is not completed yet").exists();

        topology.agent().start();
        running.awaitCompleted(dropped);
        ExpectedLines expected = expected(dropped);
        for (ExpectedLines.Counts counts : List.of(running.inKafka(expected), running.inHdfs(expected))) {
            assertThat(counts.missing()).as("missing").isZero();
            assertThat(counts.foreign()).as("foreign").isZero();
            assertThat(counts.outOfOrder()).as("out of order").isZero();
            assertThat(counts.duplicated()).as("duplicated").isLessThanOrEqualTo(LINES_OF_WINDOW);
        }
    }

    /** The other one closes the files that it left: it does not come back. */
    @Test
    @Tag("drilled")
    void shouldLoseNothingWhenTheActiveCollectorIsKilled() {
        Topology topology = running.start(running.configure()
                .agentSettings(WINDOW)
                .collectorSettings("millrace.collector.sinks.hdfs.idle-close = 2 s\n"));
        Path dropped = topology.drop(running.sample(LINES));
        running.awaitRecords(MIDDLE);
        Node active = topology.node("node04");
        active.kill();
        assertThat(dropped).as("the file is not completed yet").exists();

        running.awaitCompleted(dropped);
        assertThat(topology.agentLog().look().collector().map(topology::nameOf)).hasValue("node05");
        try (HdfsReader hdfs = topology.hdfsReader()) {
            await("the files in use are closed")
                    .atMost(RunningTopology.PATIENCE)
                    .until(() -> hdfs.filesInUse().isEmpty());
        }
        ExpectedLines expected = expected(dropped);
        for (ExpectedLines.Counts counts : List.of(running.inKafka(expected), running.inHdfs(expected))) {
            assertThat(counts.missing()).as("missing").isZero();
            assertThat(counts.duplicated()).as("duplicated").isLessThanOrEqualTo(LINES_OF_WINDOW);
            // What the killed one was just writing may end within a line.
            assertThat(counts.foreign()).as("foreign").isLessThanOrEqualTo(1);
        }
    }

    @Test
    @Tag("drilled")
    void shouldLoseNothingWhenTheActiveCollectorFreezes() {
        Topology topology = running.start(running.configure().agentSettings(WINDOW));
        Path dropped = topology.drop(running.sample(LINES));
        running.awaitRecords(MIDDLE);
        Node active = topology.node("node04");
        active.freeze();
        assertThat(dropped).as("the file is not completed yet").exists();

        running.awaitCompleted(dropped);
        assertThat(topology.agentLog().look().collector().map(topology::nameOf)).hasValue("node05");
        ExpectedLines expected = expected(dropped);
        assertThat(running.inKafka(expected).missing()).as("missing in Kafka").isZero();
        assertThat(running.inHdfs(expected).missing()).as("missing in HDFS").isZero();
        active.thaw();
    }

    @Test
    @Tag("drilled")
    void shouldStoreEachLineOnceWhenTheAgentIsStoppedAndStarted() {
        Topology topology = running.start(running.configure());
        Path dropped = topology.drop(running.sample(LINES));
        running.awaitRecords(MIDDLE);
        assertThat(topology.agent().stop(RunningTopology.END_LIMIT)).isZero();
        assertThat(dropped).as("the file is not completed yet").exists();

        topology.agent().start();
        running.awaitCompleted(dropped);
        running.assertExact(dropped);
    }

    @Test
    @Tag("drilled")
    void shouldStoreEachLineOnceWhenTheActiveCollectorIsStopped() {
        Topology topology = running.start(running.configure());
        Path dropped = topology.drop(running.sample(LINES));
        running.awaitRecords(MIDDLE);
        assertThat(topology.node("node04").stop(RunningTopology.END_LIMIT)).isZero();

        running.awaitCompleted(dropped);
        ExpectedLines expected = expected(dropped);
        assertThat(running.inKafka(expected).exact()).as("Kafka").isTrue();
        assertThat(running.inHdfs(expected).exact()).as("HDFS").isTrue();
        try (HdfsReader hdfs = topology.hdfsReader()) {
            assertThat(hdfs.filesInUse()).as("files of node04 in use").noneMatch(file -> file.contains("node04"));
        }
    }

    private static ExpectedLines expected(Path dropped) {
        return ExpectedLines.of(List.of(Topology.completed(dropped)));
    }
}
