package org.millrace.collector;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.settings.ConfigFile;
import org.millrace.settings.ConfigProblem;
import org.millrace.settings.ConfigProblems;

class CollectorSettingsTest {
    @TempDir
    private Path hadoopConf;

    private final ConfigProblems problems = new ConfigProblems();

    @ParameterizedTest
    @CsvSource({"node04, 10", "node05, 5"})
    void shouldReadTheExamples(String node, int priority) throws IOException {
        Files.writeString(hadoopConf.resolve("core-site.xml"), "<configuration/>");
        Config config = ConfigFile.load(Path.of("../cluster-config/examples/five-nodes/" + node + ".conf"));
        String directories = "millrace.collector.sinks.hdfs.hadoop-conf-directories = [\"" + hadoopConf + "\"]";

        CollectorSettings settings =
                CollectorSettings.from(ConfigFactory.parseString(directories).withFallback(config), problems);

        assertThat(problems.found()).isEmpty();
        assertThat(settings.name()).isEqualTo(node);
        assertThat(settings.priority()).isEqualTo(priority);
        assertThat(settings.sinks()).hasSize(2);
    }

    @Test
    void shouldNameEveryMistake() {
        Config config = ConfigFactory.parseString("""
                        millrace.node { name = node04, state-directory = /tmp }
                        millrace.collector {
                          priority = -1
                          interceptors = [ { type = statik, key = a, value = b } ]
                          selector { type = multiplexing, mapping { a = [kafka, hfds] }, default = [] }
                          channels { kafka {}, hdfs {}, spare {} }
                          sinks {
                            kafka { type = kafka, channel = kafka, bootstrap-servers = "k:9092" }
                            hdfs { type = hdfs, channel = kafka, path = "/no/scheme" }
                            other { type = hdfs, channel = nowhere, path = "file:///tmp/x", role-size = 5 }
                          }
                        }
                        """)
                .withFallback(ConfigFactory.defaultReference())
                .resolve();

        CollectorSettings.from(config, problems);

        assertThat(problems.found().stream().map(ConfigProblem::key))
                .contains(
                        "millrace.collector.priority",
                        "millrace.collector.interceptors.0.type",
                        "millrace.collector.selector.mapping.a.1",
                        "millrace.collector.channels.hdfs",
                        "millrace.collector.channels.spare",
                        "millrace.collector.sinks.kafka.topic",
                        "millrace.collector.sinks.hdfs.path",
                        "millrace.collector.sinks.other.channel",
                        "millrace.collector.sinks.other.role-size");
        assertThat(problems.found().stream().map(ConfigProblem::message))
                .anyMatch(message -> message.contains("takes from channel 'kafka' too"));
    }
}
