package org.millrace.check;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.assertj.core.api.recursive.comparison.RecursiveComparisonConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.agent.AgentSettings;
import org.millrace.clusterconfig.ClusterSettings;
import org.millrace.clusterconfig.NodeReading;
import org.millrace.collector.CollectorSettings;
import org.millrace.flume.ConfigOptions;
import org.millrace.flume.FlumeKind;
import org.millrace.flume.NodeOptions;
import org.millrace.flume.Surroundings;
import org.millrace.flume.Translation;
import org.millrace.settings.ConfigProblems;
import org.millrace.settings.ConfigSource;
import picocli.CommandLine;

/** Flume files, run as they are and imported. */
class FlumeFileTest {
    private static final Path PUBLISHED = Path.of("../flume/src/test/resources/org/millrace/flume");
    private static final RecursiveComparisonConfiguration BY_MEANING = RecursiveComparisonConfiguration.builder()
            .withEqualsForType((one, other) -> one.pattern().equals(other.pattern()), Pattern.class)
            .withEqualsForType((one, other) -> one.toString().equals(other.toString()), DateTimeFormatter.class)
            .build();

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @ParameterizedTest
    @CsvSource({
        "agent1.properties, agent1",
        "node04.properties, a1",
        "node05.properties, a1",
        "everything.properties, agent",
        "everything.properties, collector",
    })
    void shouldMeanTheSameImportedAsRunDirectly(String name, String agent) throws IOException {
        Path published = PUBLISHED.resolve(name);
        NodeOptions options = new NodeOptions(
                Optional.empty(),
                Optional.of(Path.of("/state")),
                Optional.of("node01"),
                NodeOptions.DEFAULT_PORT,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Set.of());
        Translation translation =
                Translation.of(published, agent, Optional.empty(), options, Surroundings.ofThisProcess());
        ConfigSource imported =
                ConfigSource.file(Files.writeString(directory.resolve("imported.conf"), translation.text()));
        ConfigSource direct = source(published, agent, "--state-directory", "/state", "--cluster-host", "node01");

        Config config = direct.load(new ConfigProblems());

        assertThat(translation.problems()).isEmpty();
        assertThat(imported.load(new ConfigProblems())).isEqualTo(config);
        assertThat(settings(imported, translation.kind()))
                .usingRecursiveComparison(BY_MEANING)
                .isEqualTo(settings(direct, translation.kind()));
        assertThat(ClusterSettings.from(config, new ConfigProblems()).host()).isEqualTo("node01");
    }

    @Test
    void shouldNameWhatTheSettingsRefuseByTheLineOfTheFlumeFile() throws IOException {
        Path file = Files.writeString(directory.resolve("flume.properties"), """
                a.sources = r r2
                a.channels = c
                a.sinks = k
                a.channels.c.type = memory
                a.sinks.k.type = avro
                a.sinks.k.channel = c
                a.sinks.k.hostname = node04
                a.sinks.k.port = 52020
                a.sources.r.type = spooldir
                a.sources.r.channels = c
                a.sources.r.spoolDir = /data
                a.sources.r.includePattern = *.log
                a.sources.r2.type = spooldir
                a.sources.r2.channels = c
                a.sources.r2.spoolDir = /data
                a.sources.r2.interceptors = i
                a.sources.r2.interceptors.i.type = regex_filter
                a.sources.r2.interceptors.i.regex = (unclosed
                """);

        assertThat(check(source(file, "a"))).isEqualTo(2);
        assertThat(err.toString(UTF_8))
                .contains("error: " + file + ": 12: millrace.agent.sources.r.include-pattern: ")
                .contains("error: " + file + ": 15: millrace.agent.sources.r2.directory: source r reads the same")
                .contains("error: " + file + ": 18: millrace.agent.sources.r2.interceptors.0.regex: '(unclosed' is no"
                        + " regular expression: Unclosed group")
                .contains(file + ": 3 mistake(s); a node would not start with it");
    }

    @Test
    void shouldNamePortsThatOnlyOneCanListenOnByTheLinesOfTheFlumeFile() throws IOException {
        Path file = Files.writeString(directory.resolve("flume.properties"), """
                a.sources = r r2 r3
                a.channels = c
                a.sinks = k
                a.channels.c.type = memory
                a.sinks.k.type = hdfs
                a.sinks.k.channel = c
                a.sinks.k.hdfs.path = file:///tmp/logs
                a.sinks.k.hdfs.fileType = DataStream
                a.sources.r.type = avro
                a.sources.r.channels = c
                a.sources.r.bind = 127.0.0.4
                a.sources.r.port = 52020
                a.sources.r2.type = avro
                a.sources.r2.channels = c
                a.sources.r2.bind = 0.0.0.0
                a.sources.r2.port = 52020
                a.sources.r3.type = avro
                a.sources.r3.channels = c
                a.sources.r3.bind = 127.0.0.4
                a.sources.r3.port = 2552
                """);

        assertThat(check(source(file, "a"))).isEqualTo(2);
        assertThat(err.toString(UTF_8).lines().filter(line -> line.startsWith("error: ")))
                .containsExactly(
                        "error: " + file
                                + ": 16: millrace.collector.sources.r2.port: source r listens on the same port (" + file
                                + ": 12); only one of them can",
                        "error: " + file + ": 20: millrace.collector.sources.r3.port: the node listens on the same port"
                                + " for its cluster (millrace.cluster.port, --cluster-port); choose another");
    }

    @Test
    void shouldSayOfFilesThatCannotBeReadThatAlone() throws IOException {
        Path absent = directory.resolve("absent");
        Path file = Files.copy(PUBLISHED.resolve("node04.properties"), directory.resolve("node04.properties"));

        assertThat(check(source(absent, "a1"))).isEqualTo(2);
        assertThat(check(source(directory, "a1"))).isEqualTo(2);
        assertThat(check(source(file, "a1", "--hosts", absent.toString()))).isEqualTo(2);
        assertThat(check(ConfigSource.file(absent))).isEqualTo(2);

        assertThat(err.toString(UTF_8).lines().filter(line -> line.startsWith("error: ")))
                .containsExactly(
                        "error: " + absent + ": there is no such file; correct the name",
                        "error: " + directory + ": is a directory; name the file in it",
                        "error: " + absent + ": --hosts: there is no such file; correct the name",
                        "error: " + absent + ": there is no such file; correct the name");
    }

    /** The mistakes of the file are marked where they stand. */
    @Test
    void shouldNameThirtyMistakesOfAFlumeFileInOneRun() throws IOException {
        Path file = Files.copy(
                Path.of("src/test/resources/org/millrace/check/thirty-mistakes.properties"),
                directory.resolve("thirty.properties"));

        int exitCode = check(source(file, "a1"));

        assertThat(exitCode).isEqualTo(2);
        List<String> expected = MarkedFile.linesBehind(file, "# mistake").stream()
                .map(line -> "error: " + file + ": " + line + ": ")
                .toList();
        assertThat(expected).hasSize(30);
        List<String> errors = err.toString(UTF_8)
                .lines()
                .filter(line -> line.startsWith("error: "))
                .toList();
        assertThat(errors).hasSize(30);
        for (String start : expected) {
            assertThat(errors).anyMatch(error -> error.startsWith(start));
        }
    }

    private Object settings(ConfigSource source, FlumeKind kind) {
        return NodeReading.of(
                        source,
                        (config, problems) -> kind == FlumeKind.AGENT
                                ? AgentSettings.from(config, problems)
                                : CollectorSettings.from(config, problems),
                        own -> !(own instanceof AgentSettings agent) || agent.joinsCluster(),
                        new PrintStream(err, true, UTF_8))
                .own();
    }

    private ConfigSource source(Path file, String name, String... options) {
        List<String> arguments = new ArrayList<>(List.of("--flume-conf", file.toString(), "--name", name));
        arguments.addAll(List.of(options));
        return CommandLine.populateCommand(new ConfigOptions(), arguments.toArray(String[]::new))
                .source(Optional.empty());
    }

    private int check(ConfigSource source) {
        PrintStream out = new PrintStream(err, true, UTF_8);
        return CheckMain.check(source, false, out, out);
    }
}
