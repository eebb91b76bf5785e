package org.millrace.check;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.settings.ConfigSource;

class CheckMainTest {
    private static final Path EXAMPLES = Path.of("../../cluster-config/examples/five-nodes");

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @ParameterizedTest
    @ValueSource(strings = {"node01", "node02", "node03"})
    void shouldFindNothingWrongWithTheExamples(String node) {
        assertThat(check(EXAMPLES.resolve(node + ".conf"))).isZero();
        assertThat(output())
                .isEqualTo(EXAMPLES.resolve(node + ".conf") + ": nothing is wrong with agent " + node + "\n");
    }

    @Test
    void shouldKnowACollectorByItsSection() throws IOException {
        Path hadoop = Files.createDirectory(directory.resolve("hadoop"));
        Files.writeString(hadoop.resolve("core-site.xml"), "<configuration/>");
        String text = Files.readString(EXAMPLES.resolve("node04.conf")).replace("/etc/hadoop/conf", hadoop.toString());
        Files.copy(EXAMPLES.resolve("cluster.conf"), directory.resolve("cluster.conf"));
        Path file = Files.writeString(directory.resolve("node04.conf"), text);

        assertThat(check(file)).isZero();
        assertThat(output()).contains("nothing is wrong with collector node04");
    }

    /** With or without mistakes, and before them. */
    @ParameterizedTest
    @ValueSource(strings = {"", ", max-open-files = 0"})
    void shouldSayWhatIsNoMistakeAndYetToBeKnown(String mistake) throws IOException {
        Path file = Files.writeString(directory.resolve("node04.conf"), """
                millrace {
                  node { name = node04, state-directory = /tmp }
                  cluster { host = node04, seed-nodes = ["node04:2552"] }
                  collector {
                    priority = 1
                    channels { h {}, k {} }
                    sinks {
                      archive { type = hdfs, channel = h, path = "file:///logs", roll-count = 10%s }
                      queue { type = kafka, channel = k, topic = t, bootstrap-servers = "node01:9092"
                        producer { acks = 1 } }
                    }
                  }
                }
                """.formatted(mistake));

        assertThat(check(file)).isEqualTo(mistake.isEmpty() ? 0 : 2);
        assertThat(output().lines().filter(line -> line.startsWith("warning: ")))
                .hasSize(3)
                .anyMatch(line -> line.startsWith("warning: " + file
                        + ": 8: millrace.collector.sinks.archive.roll-count:" + " 10 events is kept"))
                .anyMatch(line -> line.startsWith(
                        "warning: " + file + ": 10: millrace.collector.sinks.queue.producer: acks = 1: "));
    }

    @Test
    void shouldRefuseAFileThatIsOfNoNode() throws IOException {
        Path file = Files.writeString(directory.resolve("none.conf"), """
                millrace {
                  node { name = node01, state-directory = /tmp }
                  cluster { host = node01, seed-nodes = ["node04:2552"] }
                }
                """);

        assertThat(check(file)).isEqualTo(2);
        assertThat(output())
                .contains("has neither millrace.agent nor millrace.collector")
                .contains("1 mistake(s)");
    }

    @Test
    void shouldNamePortsThatOnlyOneCanListenOn() throws IOException {
        Path file = Files.writeString(directory.resolve("node01.conf"), """
                millrace {
                  node { name = node01, state-directory = /tmp }
                  cluster { host = node01, seed-nodes = ["node04:2552"]
                    port = 4142 }
                  agent {
                    sources {
                      a { type = avro, bind = 127.0.0.1, channels = [c]
                        port = 4141 }
                      b { type = avro, channels = [c]
                        port = 4141 }
                      c { type = avro, channels = [c]
                        port = 4142 }
                      d { type = avro, port = 0, channels = [c] }
                      e { type = avro, port = 0, channels = [c] }
                    }
                    channels { c {} }
                  }
                }
                """);

        assertThat(check(file)).isEqualTo(2);
        assertThat(output().lines())
                .containsExactly(
                        "error: " + file + ": 10: millrace.agent.sources.b.port: source a listens on the same port ("
                                + file + ": 8); only one of them can",
                        "error: " + file + ": 12: millrace.agent.sources.c.port: the node listens on the same port for"
                                + " its cluster (millrace.cluster.port, " + file + ": 4); choose another",
                        file + ": 2 mistake(s); a node would not start with it");
    }

    @Test
    void shouldNameAKeystoreThatCannotBeRead() throws IOException {
        Path file = Files.writeString(directory.resolve("node01.conf"), """
                millrace {
                  node { name = node01, state-directory = /tmp }
                  cluster { host = node01, seed-nodes = ["node04:2552"] }
                  agent {
                    sources { a { type = avro, port = 4141, channels = [c], tls { enabled = true
                      keystore = /none.p12 } } }
                    channels { c {} }
                  }
                }
                """);

        assertThat(check(file)).isEqualTo(2);
        assertThat(output())
                .contains("error: " + file + ": 6: millrace.agent.sources.a.tls.keystore: /none.p12: there is no such"
                        + " file; correct the name");
    }

    /** An agent whose channels have sinks of their own joins no cluster. */
    @Test
    void shouldLeaveTheClustersPortToASourceWhereNoClusterIsJoined() throws IOException {
        Path file = Files.writeString(directory.resolve("node01.conf"), """
                millrace {
                  node { name = node01, state-directory = /tmp }
                  cluster { host = node01 }
                  agent {
                    sources { a { type = avro, port = 2552, channels = [c] } }
                    channels { c {} }
                    sinks { s { type = avro, channel = c, collectors { node04 { port = 4141 } } } }
                  }
                }
                """);

        assertThat(check(file)).as(output()).isZero();
    }

    @Test
    void shouldNameThirtyMistakesInOneRun() throws IOException {
        Path file = Path.of("src/test/resources/org/millrace/check/thirty-mistakes.conf");

        int exitCode = check(file);

        assertThat(exitCode).isEqualTo(2);
        List<Integer> lines = MarkedFile.linesBehind(file, "# mistake");
        assertThat(lines).hasSize(30);
        for (int line : lines) {
            assertThat(output()).containsPattern("error: .*thirty-mistakes.conf: " + line + ": ");
        }
        assertThat(output().lines().filter(line -> line.startsWith("error: ")).map(CheckMainTest::lineOf))
                .containsAll(lines);
    }

    private static Integer lineOf(String error) {
        String rest = error.substring(error.indexOf(".conf: ") + ".conf: ".length());
        return Integer.valueOf(rest.substring(0, rest.indexOf(':')));
    }

    private int check(Path file) {
        PrintStream out = new PrintStream(written, true, UTF_8);
        return CheckMain.check(ConfigSource.file(file), false, out, out);
    }

    private String output() {
        return written.toString(UTF_8);
    }
}
