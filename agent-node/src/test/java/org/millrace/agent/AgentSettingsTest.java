package org.millrace.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.millrace.clusterconfig.ClusterSettings;
import org.millrace.settings.ConfigFile;
import org.millrace.settings.ConfigProblem;
import org.millrace.settings.ConfigProblems;
import org.millrace.source.spool.SpoolDirectorySettings;

class AgentSettingsTest {
    @TempDir
    private Path directory;

    private final ConfigProblems problems = new ConfigProblems();

    @ParameterizedTest
    @ValueSource(strings = {"node01", "node02", "node03"})
    void shouldReadTheExamples(String node) {
        Config config = ConfigFile.load(Path.of("../cluster-config/examples/five-nodes/" + node + ".conf"));

        AgentSettings settings = AgentSettings.from(config, problems);
        ClusterSettings cluster = ClusterSettings.from(config, problems);

        assertThat(problems.found()).isEmpty();
        assertThat(settings.name()).isEqualTo(node);
        assertThat(cluster.host()).isEqualTo(node);
        SpoolDirectorySettings spool =
                (SpoolDirectorySettings) settings.sources().get(0).own();
        assertThat(spool.directory()).isEqualTo(Path.of("/data/logdfs"));
        assertThat(spool.fileHeader()).contains("file");
    }

    @Test
    void shouldNameEveryMistakeWithFileAndLine() throws IOException {
        Path file = directory.resolve("agent.conf");
        Files.writeString(file, """
                millrace.node { name = "node 1", state-directory = /tmp }
                millrace.agent {
                  sources {
                    a { type = spool-directory, directory = /data/x, channels = [c2] }
                    b { type = spool-dir, directory = /data/x, chanels = [c1], channels = [c1] }
                  }
                  channels {
                    c1 { capacity-event = 5 }
                    c3 { capacity-bytes = many }
                  }
                }
                """);

        AgentSettings.from(ConfigFile.load(file), problems);

        assertThat(problems.found().stream().map(AgentSettingsTest::lineAndKey))
                .contains(
                        "1 millrace.node.name",
                        "4 millrace.agent.sources.a.channels",
                        "5 millrace.agent.sources.b.type",
                        "5 millrace.agent.sources.b.chanels",
                        "8 millrace.agent.channels.c1.capacity-event",
                        "9 millrace.agent.channels.c3.capacity-bytes");
        assertThat(problems.found().stream().map(ConfigProblem::key)).contains("millrace.agent.channels.c3");
        assertThat(problems.found().stream().map(ConfigProblem::message))
                .anyMatch(message -> message.contains("reads the same directory"))
                .anyMatch(message -> message.contains("did you mean 'spool-directory'"))
                .anyMatch(message -> message.contains("did you mean 'channels'"))
                .anyMatch(message -> message.contains("did you mean 'capacity-events'"));
    }

    @Test
    void shouldNameMistakesInInterceptorsAndSelectorsWithFileAndLine() throws IOException {
        Path file = directory.resolve("agent.conf");
        Files.writeString(file, """
                millrace.node { name = node01, state-directory = /tmp }
                millrace.agent {
                  channels { c1 {}, c2 {} }
                  sources.a {
                    type = spool-directory, directory = /data/x, channels = [c1, c2]
                    interceptors = [
                      { type = timestamp, preserveExisting = true }
                      { type = regex-filter
                        regex = "(" }
                    ]
                    selector {
                      type = multiplexing
                      mapping {
                        CA = [c1]
                        NY = [c3]
                      }
                    }
                  }
                }
                """);

        AgentSettings.from(ConfigFile.load(file), problems);

        assertThat(problems.found().stream().map(AgentSettingsTest::lineAndKey))
                .containsExactlyInAnyOrder(
                        "7 millrace.agent.sources.a.interceptors.0.preserveExisting",
                        "9 millrace.agent.sources.a.interceptors.1.regex",
                        "11 millrace.agent.sources.a.selector.default",
                        "15 millrace.agent.sources.a.selector.mapping.NY.0");
    }

    @Test
    void shouldNeedNoClusterWhereEveryChannelHasASink() throws IOException {
        Path file = directory.resolve("agent.conf");
        String agent = """
                millrace.node { name = node01, state-directory = /tmp }
                millrace.agent {
                  sources.a { type = spool-directory, directory = /data/x, channels = [c1, c2] }
                  channels { c1 {}, c2 {} }
                  sinks.k1 { type = avro, channel = c1, collectors.node04.port = 52020 }
                  %s
                }
                """;
        Files.writeString(file, agent.formatted(""));
        assertThat(AgentSettings.from(ConfigFile.load(file), problems).joinsCluster())
                .isTrue();

        Files.writeString(
                file, agent.formatted("sinks.k2 { type = avro, channel = c2, collectors.node04.port = 52020 }"));
        AgentSettings settings = AgentSettings.from(ConfigFile.load(file), problems);
        assertThat(settings.joinsCluster()).isFalse();
        assertThat(settings.sinks()).extracting(sink -> sink.sink().name()).containsExactly("k1", "k2");
        assertThat(problems.found()).isEmpty();
    }

    @Test
    void shouldRefuseSinksThatTakeFromOneChannelOrFromNone() throws IOException {
        Path file = directory.resolve("agent.conf");
        Files.writeString(file, """
                millrace.node { name = node01, state-directory = /tmp }
                millrace.agent {
                  sources.a { type = spool-directory, directory = /data/x, channels = [c1] }
                  channels.c1 {}
                  sinks.k1 { type = avro, channel = c1, collectors.node04.port = 52020 }
                  sinks.k2 { type = avro, channel = c1, collectors.node04.port = 52020 }
                  sinks.k3 { type = avro, channel = c3, collectors.node04.port = 52020 }
                  sinks.k4 { type = kafka, channel = c4, collectors.node04.port = 52020 }
                }
                """);

        AgentSettings.from(ConfigFile.load(file), problems);

        assertThat(problems.found().stream().map(AgentSettingsTest::lineAndKey))
                .containsExactlyInAnyOrder(
                        "6 millrace.agent.sinks.k2.channel",
                        "7 millrace.agent.sinks.k3.channel",
                        "8 millrace.agent.sinks.k4.channel",
                        "8 millrace.agent.sinks.k4.type");
    }

    @Test
    void shouldReadItsOwnWordAboutCollectors() throws IOException {
        Path file = directory.resolve("agent.conf");
        Files.writeString(file, """
                millrace.node { name = node01, state-directory = /tmp }
                millrace.agent {
                  sources.a { type = spool-directory, directory = /data/x, channels = [c1] }
                  channels.c1 {}
                  collectors {
                    node04.priority = 10
                    "node05.example.org" { priority = 0 }
                    node06 { priority = -1 }
                    node07 { prority = 1 }
                  }
                }
                """);

        AgentSettings settings = AgentSettings.from(ConfigFile.load(file), problems);

        assertThat(settings.tiers().priorities()).containsEntry("node04", 10).containsEntry("node05.example.org", 0);
        assertThat(problems.found().stream().map(AgentSettingsTest::lineAndKey))
                .containsExactlyInAnyOrder(
                        "8 millrace.agent.collectors.node06.priority",
                        "9 millrace.agent.collectors.node07.priority",
                        "9 millrace.agent.collectors.node07.prority");
    }

    @Test
    void shouldRefuseAnAgentWithoutASource() throws IOException {
        Path file = directory.resolve("agent.conf");
        Files.writeString(file, "millrace.node { name = node01, state-directory = /tmp }");

        AgentSettings.from(ConfigFile.load(file), problems);

        assertThat(problems.found().stream().map(ConfigProblem::message))
                .isEqualTo(List.of("an agent needs at least one source"));
    }

    private static String lineAndKey(ConfigProblem problem) {
        String where = problem.where();
        return where.substring(where.lastIndexOf(' ') + 1) + " " + problem.key();
    }
}
