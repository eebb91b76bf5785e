package org.millrace.check;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.settings.ConfigSource;
import org.millrace.trial.FreePorts;

/** What {@code --probe} finds out about stores and seed nodes that are there, and that are not. */
@Timeout(120)
class ProbeTest {
    @TempDir
    private Path directory;

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private int closed;

    @BeforeEach
    void findAPortWhereNobodyListens() {
        closed = FreePorts.take(1).get(0);
    }

    @Test
    void shouldFindNothingWrongWhereEverythingAnswers() throws IOException {
        Path stored = directory.resolve("stored");
        try (ServerSocket seed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int exitCode = probe("""
                    millrace {
                      node { name = node04, state-directory = /tmp }
                      cluster { host = "127.0.0.4", port = 2552, seed-nodes = ["127.0.0.4:2552", "127.0.0.1:%d"] }
                      collector {
                        priority = 1
                        channels { h {} }
                        sinks { archive { type = hdfs, channel = h, path = "file://%s/logs/%%Y" } }
                      }
                    }
                    """.formatted(seed.getLocalPort(), stored));

            assertThat(output()).contains("nothing is wrong with collector node04, and what it needs answers");
            assertThat(exitCode).isZero();
        }
        assertThat(stored.resolve("logs")).isDirectory();
    }

    @Test
    void shouldNameEverythingThatDoesNotAnswerInOneRun() throws IOException {
        Files.writeString(directory.resolve("file"), "no directory");
        // Too long for a name server to be asked about it.
        String unknown = "no-such-host-" + "x".repeat(60);

        int exitCode = probe("""
                millrace {
                  node { name = node04, state-directory = /tmp }
                  cluster {
                    host = "127.0.0.4"
                    seed-nodes = ["127.0.0.4:2552",
                      "127.0.0.1:%d",
                      "%s:2552"]
                  }
                  collector {
                    priority = 1
                    channels { k {}, h {}, f {} }
                    sinks {
                      queue { type = kafka, channel = k, topic = t, bootstrap-servers = "127.0.0.1:%d" }
                      archive { type = hdfs, channel = h, path = "hdfs://127.0.0.1:%d/logs" }
                      "a local.one" { type = hdfs, channel = f, path = "file://%s/logs" }
                    }
                  }
                }
                """.formatted(closed, unknown, closed, closed, directory.resolve("file")));

        String start = "error: " + directory.resolve("node.conf") + ": ";
        assertThat(output())
                .contains(start + "6: millrace.cluster.seed-nodes.1: nobody listens at 127.0.0.1:" + closed)
                .contains(start + "7: millrace.cluster.seed-nodes.2: the name " + unknown + " is not known here")
                .contains(start + "13: millrace.collector.sinks.queue: Kafka at 127.0.0.1:" + closed
                        + " does not answer: ")
                .contains(start + "14: millrace.collector.sinks.archive: hdfs://127.0.0.1:" + closed
                        + "/logs cannot be written to: ")
                .contains(start + "15: millrace.collector.sinks.\"a local.one\": file://" + directory.resolve("file")
                        + "/logs cannot be written to: ")
                .contains(": 5 of what it needs cannot be used")
                .doesNotContain("\tat ");
        assertThat(exitCode).isEqualTo(2);
    }

    @Test
    void shouldTryNothingWhileTheConfigurationIsWrong() throws IOException {
        int exitCode = probe("""
                millrace {
                  node { name = node01, state-directory = /tmp }
                  cluster { host = "127.0.0.1", seed-nodes = ["127.0.0.1:%d"] }
                  agent { channels { c1 {} } }
                }
                """.formatted(closed));

        assertThat(output()).contains("needs at least one source").doesNotContain("nobody listens");
        assertThat(exitCode).isEqualTo(2);
    }

    private int probe(String text) throws IOException {
        Path file = Files.writeString(directory.resolve("node.conf"), text);
        PrintStream out = new PrintStream(written, true, UTF_8);
        return CheckMain.check(ConfigSource.file(file), true, out, out);
    }

    private String output() {
        return written.toString(UTF_8);
    }
}
