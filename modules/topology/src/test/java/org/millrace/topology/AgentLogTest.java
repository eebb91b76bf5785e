package org.millrace.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentLogTest {
    private static final String BEFORE = "2026-11-23T09:00:00.000Z INFO  o.m.telemetry.TelemetryLog ";

    @TempDir
    private Path directory;

    @Test
    void shouldKnowNothingBeforeThereIsALog() {
        assertThat(new AgentLog(directory.resolve("none.log")).look()).isEqualTo(AgentLog.View.NOTHING);
    }

    @Test
    void shouldTakeTheLatestOfWhatItKnows() throws IOException {
        Path log = directory.resolve("node01.log");
        AgentLog agentLog = new AgentLog(log);
        append(log, BEFORE + "lane node01/weblogs/c1 goes to pekko://millrace@127.0.0.1:2551\n");
        append(log, BEFORE + "source weblogs: bytes=99 events=10 files.opened=1\n");
        append(log, BEFORE + "channel c1: accepted.events=10 committed.bytes=70 committed.events=7\n");
        assertThat(agentLog.look()).isEqualTo(new AgentLog.View(10, 7, Optional.of("pekko://millrace@127.0.0.1:2551")));

        append(log, BEFORE + "anything else, such as lane node01/weblogs/c1: sent.events=10\n");
        append(log, BEFORE + "lane node01/weblogs/c1 has no collector: none is reachable\n");
        append(log, BEFORE + "channel c1: committed.events=10\n");
        assertThat(agentLog.look()).isEqualTo(new AgentLog.View(10, 10, Optional.empty()));
    }

    @Test
    void shouldPassOverWhatAnEarlierRunTold() throws IOException {
        Path log = directory.resolve("node01.log");
        append(log, BEFORE + "lane node01/weblogs/c1 goes to pekko://millrace@127.0.0.1:2551\n");
        AgentLog agentLog = new AgentLog(log);

        agentLog.skip();

        assertThat(agentLog.look()).isEqualTo(AgentLog.View.NOTHING);
    }

    @Test
    void shouldWaitForTheEndOfALine() throws IOException {
        Path log = directory.resolve("node01.log");
        AgentLog agentLog = new AgentLog(log);
        append(log, BEFORE + "source weblogs: events=12");
        assertThat(agentLog.look().read()).isZero();
        append(log, "34\n");
        assertThat(agentLog.look().read()).isEqualTo(1234);
    }

    @Test
    void shouldPassOverAHugeLine() throws IOException {
        Path log = directory.resolve("node01.log");
        AgentLog agentLog = new AgentLog(log);
        append(log, "x".repeat(3_000_000) + "\n" + BEFORE + "source weblogs: events=5\n");
        assertThat(agentLog.look().read()).isEqualTo(5);
    }

    private static void append(Path log, String text) throws IOException {
        Files.writeString(log, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
