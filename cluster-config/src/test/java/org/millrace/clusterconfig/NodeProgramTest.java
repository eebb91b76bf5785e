package org.millrace.clusterconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.trial.FreePorts;

/** A node's program as a process of its own, since it is signals that it is about. */
class NodeProgramTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private Path output;
    private Process process;

    @AfterEach
    void kill() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @Test
    void shouldGiveUpWhatWaitsWhenItIsToldToEndASecondTime() throws Exception {
        start();
        awaitOutput("running");

        terminate();
        awaitOutput("draining");
        terminate();

        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(Files.readString(output))
                .contains("told to end a second time")
                .as("a member that leaves may be removed before it has drained")
                .containsPattern("(?s)(draining while it is Up.*){2}")
                .contains("gave up 7 events that are not acknowledged; they are sent again");
    }

    private void start() throws IOException {
        int port = FreePorts.take(1).get(0);
        Path config = Files.writeString(
                directory.resolve("node.conf"), """
                millrace.node { name = node01, state-directory = "%s" }
                millrace.cluster { host = "127.0.0.1", port = %d, seed-nodes = ["127.0.0.1:%d"] }
                """.formatted(directory.resolve("state"), port, port));
        output = directory.resolve("output");
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        StubbornNode.class.getName(),
                        config.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    /** SIGTERM; what {@code destroy} does, which however sends it only once. */
    private void terminate() throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-TERM", Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    private void awaitOutput(String text) {
        await(text).atMost(LIMIT).until(() -> Files.readString(output).contains(text));
    }
}
