package org.millrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.topology.Node;
import org.millrace.topology.Topology;
import org.millrace.trial.FreePorts;
import org.millrace.trial.JavaProcess;

/** The programs as an operator meets them: the packed distribution, exit codes, messages. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ProgramIT {
    private static final Path ARCHIVE = Path.of(Objects.requireNonNull(System.getProperty("millrace.archive")));
    private static final Path CHECKOUT = Path.of(Objects.requireNonNull(System.getProperty("millrace.checkout")));
    private static final Duration LIMIT = Duration.ofMinutes(1);
    /** More than Linux has process ids. */
    private static final int NO_PROCESS = 1 << 23;

    @RegisterExtension
    private final RunningTopology running = new RunningTopology();

    private static Path unpacked;
    private static Path link;

    @TempDir
    private Path directory;

    /** Unpacks the archive into a directory with a space, and links to the script from elsewhere. */
    @BeforeAll
    static void unpack(@TempDir Path top) throws IOException, InterruptedException {
        Path place = Files.createDirectories(top.resolve("opt with space"));
        Process tar = new ProcessBuilder("tar", "-xzf", ARCHIVE.toString(), "-C", place.toString())
                .inheritIO()
                .start();
        assertThat(tar.waitFor()).isZero();
        try (var found = Files.list(place)) {
            unpacked = found.findFirst().orElseThrow();
        }
        Path first = Files.createSymbolicLink(
                Files.createDirectories(unpacked.resolve("..").resolve("sbin")).resolve("millrace"),
                Path.of("..", unpacked.getFileName().toString(), "bin", "millrace"));
        link = Files.createSymbolicLink(top.resolve("mill"), first.toAbsolutePath());
    }

    private Script script() {
        return new Script(link, directory.resolve("output.log"));
    }

    @Test
    void shouldRunFromAnywhereThroughLinks() throws IOException {
        Script.Result version = script().run(LIMIT, "--version");
        assertThat(version.exitCode()).isZero();
        assertThat(unpacked.getFileName().toString())
                .isEqualTo(version.output().strip().replace(' ', '-'));
        assertThat(unpacked.resolve("LICENSE")).exists();
        assertThat(unpacked.resolve("README.md")).exists();
        assertThat(unpacked.resolve("conf/logback.xml")).exists();
        assertThat(unpacked.resolve("conf/examples/five-nodes/node01.conf")).exists();
        try (var jars = Files.list(unpacked.resolve("lib"))) {
            assertThat(jars.map(jar -> jar.getFileName().toString()))
                    .anyMatch(jar -> jar.startsWith("millrace-agent-node"))
                    .anyMatch(jar -> jar.startsWith("millrace-collector-node"))
                    .noneMatch(jar -> jar.matches("(junit|assertj|millrace-(trial|topology)).*"));
        }
    }

    @Test
    void shouldNameEveryMistakeAndEndWithTwo() throws IOException {
        Path config = Files.writeString(directory.resolve("agent.conf"), """
                millrace {
                  node { name = node01, state-directory = "%s" }
                  cluster { host = "127.0.0.1", port = 99999, seed-nodes = ["127.0.0.1:2552"] }
                  agent {
                    sources {
                      weblogs { type = spool-directory, directoy = "/data", channels = [c2] }
                    }
                    channels { c1 { capacity-events = many } }
                  }
                }
                """.formatted(directory.resolve("state")));
        Script.Result agent = script().run(LIMIT, "agent", "--config", config.toString());
        assertThat(agent.exitCode()).isEqualTo(2);
        assertThat(agent.output())
                .contains("error: " + config + ": 3: millrace.cluster.port: must be from 1 to 65535, is 99999")
                .contains("error: " + config + ": 6: millrace.agent.sources.weblogs.directoy: is not a key of this"
                        + " section; did you mean 'directory'?")
                .contains("error: " + config + ": 6: millrace.agent.sources.weblogs.channels: there is no channel 'c2'")
                .contains("error: " + config + ": 8: millrace.agent.channels.c1.capacity-events: must be a whole"
                        + " number, is \"many\"")
                .contains("6 mistake(s); nothing was started")
                .doesNotContain("\tat ");
        assertThat(directory.resolve("state")).doesNotExist();
    }

    @Test
    void shouldImportAPublishedFlumeFileAndCheckTheResult() throws IOException {
        String flume = CHECKOUT.resolve("modules/flume/src/test/resources/org/millrace/flume/agent1.properties")
                .toString();
        Path imported = directory.resolve("node01.conf");

        Script.Result result = script().run(
                        LIMIT,
                        "import",
                        flume,
                        "--name",
                        "agent1",
                        "--node",
                        "node01",
                        "--output",
                        imported.toString());
        assertThat(result.exitCode()).isZero();
        assertThat(result.output().lines()).isNotEmpty().allMatch(line -> line.startsWith("warning: " + flume + ": "));
        assertThat(imported).content().contains("directory = \"/data/logdfs\"");

        Script check = new Script(link, directory.resolve("check.log"));
        assertThat(check.run(LIMIT, "check", "--config", imported.toString()).exitCode())
                .isZero();
        assertThat(check.run(LIMIT, "check", "--flume-conf", flume, "--name", "agent1", "--node", "node01")
                        .exitCode())
                .isZero();
        assertThat(check.output()).contains("nothing is wrong with agent node01");
    }

    @Test
    void shouldSayWhatDoesNotAnswerAndNothingElse() throws IOException {
        int seed = FreePorts.take(1).get(0);
        Path config = Files.writeString(
                directory.resolve("node04.conf"), """
                millrace {
                  node { name = node04, state-directory = "%s" }
                  cluster { host = "127.0.0.4", seed-nodes = ["127.0.0.4:2552", "127.0.0.1:%d"] }
                  collector {
                    priority = 1
                    channels { k {}, h {} }
                    sinks {
                      queue { type = kafka, channel = k, topic = t, bootstrap-servers = "127.0.0.1:%d" }
                      archive { type = hdfs, channel = h, path = "hdfs://127.0.0.1:%d/logs" }
                    }
                  }
                }
                """.formatted(directory.resolve("state"), seed, seed, seed));

        Script.Result check = script().run(LIMIT, "check", "--config", config.toString(), "--probe");

        assertThat(check.exitCode()).isEqualTo(2);
        assertThat(check.output().lines()).hasSize(4);
        assertThat(check.output())
                .contains(
                        "error: " + config + ": 3: millrace.cluster.seed-nodes.1: nobody listens at 127.0.0.1:" + seed)
                .contains("error: " + config + ": 8: millrace.collector.sinks.queue: Kafka at 127.0.0.1:" + seed)
                .contains("error: " + config + ": 9: millrace.collector.sinks.archive: hdfs://127.0.0.1:" + seed)
                .endsWith("a node would start and wait for it\n");
        assertThat(directory.resolve("state")).doesNotExist();
    }

    @Test
    void shouldNotStartWhatAFlumeFileDoesNotHave() throws IOException {
        Path flume = Files.writeString(directory.resolve("flume.conf"), "a1.sources = r1\na1.sources.r1.type = exec\n");

        Script.Result agent = script().run(LIMIT, "agent", "--flume-conf", flume.toString(), "--name", "a1");
        Script.Result other = script().run(LIMIT, "import", flume.toString(), "--name", "a2");

        assertThat(agent.exitCode()).isEqualTo(2);
        assertThat(other.exitCode()).isEqualTo(2);
        assertThat(other.output())
                .contains("error: " + flume + ": 2: a1.sources.r1.type: the source 'exec' is not supported yet")
                .contains("nothing was started")
                .contains("there is no agent 'a2' in it; it has: a1")
                .contains("nothing was written")
                .doesNotContain("\tat ");
    }

    @Test
    void shouldTellTheOptionsOfEveryCommand() {
        for (String command : new String[] {"agent", "collector", "check"}) {
            assertThat(script().run(LIMIT, command, "--help").exitCode()).isZero();
            assertThat(new Script(link, directory.resolve(command + ".log"))
                            .run(LIMIT, command, "--version")
                            .output())
                    .matches("millrace [0-9.]+(-SNAPSHOT)?\n");
        }
        Script.Result completion = new Script(link, directory.resolve("completion")).run(LIMIT, "completion");
        assertThat(completion.exitCode()).isZero();
        assertThat(completion.output()).startsWith("#!/usr/bin/env bash").contains("--flume-conf");
        Script.Result help = script().run(LIMIT, "import", "--help");
        assertThat(help.exitCode()).isZero();
        assertThat(help.output())
                .contains("Usage: millrace agent")
                .contains("Usage: millrace collector")
                .contains("Usage: millrace check")
                .contains("Usage: millrace import")
                .contains("--flume-conf");
    }

    @Test
    void shouldEndWithTwoWithoutAConfiguration() {
        assertThat(script().run(LIMIT, "agent").exitCode()).isEqualTo(2);
        assertThat(script().run(LIMIT, "collector", "--config", "/no/such.conf").exitCode())
                .isEqualTo(2);
        assertThat(script().run(LIMIT, "agnet").exitCode()).isEqualTo(2);
        assertThat(script().output())
                .contains("--config")
                .contains("/no/such.conf")
                .contains("'agnet'");
    }

    @Test
    void shouldRefuseADamagedStateFile() throws IOException {
        Path config = agentConfig("127.0.0.1", FreePorts.take(1).get(0), "");
        Path state = Files.createDirectories(directory.resolve("state")).resolve("weblogs.progress");
        Files.writeString(state, "millrace-spool-progress 1\nincarnation 00");
        Script.Result agent = script().run(LIMIT, "agent", "--config", config.toString());
        assertThat(agent.exitCode()).isEqualTo(1);
        assertThat(agent.output())
                .contains("source weblogs refuses to run")
                .contains("progress file " + state + " cannot be used: its end is missing")
                .contains("Restore it from a backup, or move it away to start anew")
                .contains("source weblogs: bytes=0 ")
                .doesNotContain("\tat ", "could not end");
        assertThat(state).hasContent("millrace-spool-progress 1\nincarnation 00");
    }

    /** With the locale of a service, and a directory that this locale cannot spell. */
    @Test
    void shouldSayThatItsPortIsTaken() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String state = directory.resolve("state") + "/\u72b6\u6001";
            Path config =
                    agentConfig("127.0.0.1", other.getLocalPort(), "millrace.node.state-directory = \"" + state + "\"");
            Script.Result agent = script().with("LC_ALL", "C").run(LIMIT, "agent", "--config", config.toString());
            assertThat(agent.exitCode()).isEqualTo(1);
            assertThat(agent.output())
                    .contains("error: node node01 cannot start: millrace.cluster.port: port " + other.getLocalPort()
                            + " of 127.0.0.1 is in use by another program")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void shouldSayThatItsHostIsUnknown() throws IOException {
        // Too long for a name server to be asked about it.
        String unknown = "no-such-host-" + "x".repeat(60);
        Path config = agentConfig(unknown, FreePorts.take(1).get(0), "");
        Script.Result agent = script().run(LIMIT, "agent", "--config", config.toString());
        assertThat(agent.exitCode()).isEqualTo(1);
        assertThat(agent.output())
                .contains("millrace.cluster.host: the name " + unknown + " is not known here")
                .doesNotContain("\tat ");
    }

    @Test
    void shouldEndWithZeroHoweverOftenItIsTold() throws IOException {
        Path config = agentConfig(
                "127.0.0.1",
                FreePorts.take(1).get(0),
                "millrace { telemetry.log-interval = 200 ms, agent.drain-limit = 3 s }");
        Files.writeString(Files.createDirectories(directory.resolve("spool")).resolve("a.log"), "a line\n");
        Script script = script();
        try (JavaProcess agent = script.start("agent", "--config", config.toString())) {
            await().atMost(LIMIT).until(() -> script.output().contains("events=1 "));
            agent.terminate();
            await().atMost(LIMIT).until(() -> script.output().contains("Running CoordinatedShutdown"));
            agent.terminate();
            assertThat(agent.awaitExit(LIMIT)).isZero();
        }
        assertThat(script.output()).contains("what is not committed comes again");
    }

    /** An agent without collectors, with a spool directory that need not exist. */
    private Path agentConfig(String host, int port, String more) throws IOException {
        return Files.writeString(directory.resolve("agent.conf"), """
                millrace {
                  node { name = node01, state-directory = "%s" }
                  cluster { host = "%s", port = %d, seed-nodes = ["127.0.0.1:%d"] }
                  agent {
                    sources { weblogs { type = spool-directory, directory = "%s", channels = [c1] } }
                    channels { c1 {} }
                  }
                }
                %s
                """.formatted(
                directory.resolve("state"), host, port, FreePorts.take(1).get(0), directory.resolve("spool"), more));
    }

    @Test
    void shouldEndWithZeroWhenTerminated() {
        Topology topology = running.start(running.configure());
        for (Node node : topology.nodes()) {
            assertThat(node.stop(RunningTopology.END_LIMIT)).as(node.name()).isZero();
        }
    }

    @Test
    void shouldStartFromTheClassesThatAnEarlierRunRecorded() throws IOException {
        Path config = agentConfig("127.0.0.1", FreePorts.take(1).get(0), "");
        Directories.delete(unpacked.resolve("cache"));
        assertThat(mapsClassesRecordedEarlier(config)).isFalse();
        assertThat(mapsClassesRecordedEarlier(config)).isTrue();

        Path archive;
        try (var archives = Files.list(unpacked.resolve("cache"))) {
            archive = archives.findFirst().orElseThrow();
        }
        // Half an archive, or none at all.
        Files.delete(archive);
        Files.write(archive, new byte[8192]);
        assertThat(mapsClassesRecordedEarlier(config)).isFalse();

        // That of a run which ended while it started.
        Directories.delete(unpacked.resolve("cache"));
        Files.createDirectories(archive.getParent());
        Files.writeString(archive.resolveSibling(archive.getFileName() + "." + NO_PROCESS), "x".repeat(1 << 20));
        assertThat(mapsClassesRecordedEarlier(config)).isFalse();
        assertThat(archive).doesNotExist();
    }

    private boolean mapsClassesRecordedEarlier(Path config) throws IOException {
        Script script = new Script(link, directory.resolve(System.nanoTime() + ".log"));
        try (JavaProcess agent = script.start("agent", "--config", config.toString())) {
            await().atMost(LIMIT).until(() -> script.output().contains("Remoting started"));
            String mapped = Files.readString(Path.of("/proc", Long.toString(agent.pid()), "maps"));
            agent.terminate();
            assertThat(agent.awaitExit(LIMIT)).isZero();
            return mapped.contains(unpacked.resolve("cache").toRealPath().toString());
        }
    }

    @Test
    void shouldSayWhatToDoAboutJava() throws IOException {
        Script.Result none = script().with("JAVA_HOME", "/no/java").run(LIMIT, "agent");
        assertThat(none.exitCode()).isEqualTo(1);
        assertThat(none.output()).hasLineCount(1).contains("JAVA_HOME=/no/java").contains("JDK 17");

        Path old = Files.createDirectories(directory.resolve("old/bin")).resolve("java");
        Files.writeString(old, "#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n");
        Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rwxr-xr-x"));
        Script.Result eleven = new Script(link, directory.resolve("old.log"))
                .with("JAVA_HOME", directory.resolve("old").toString())
                .run(LIMIT, "collector");
        assertThat(eleven.exitCode()).isEqualTo(1);
        assertThat(eleven.output()).hasLineCount(1).contains("is Java 11").contains("17");
    }

    @Test
    void shouldSayThatTheQuickstartNeedsACheckout() {
        Script.Result quickstart = script().run(LIMIT, "quickstart", "--once");
        assertThat(quickstart.exitCode()).isEqualTo(1);
        assertThat(quickstart.output()).hasLineCount(1).contains("source checkout");
    }
}
