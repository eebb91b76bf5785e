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
    void shouldNameWhatIsWrongWithItsSources() {
        Config config = ConfigFactory.parseString("""
                        millrace.node { name = node04, state-directory = /tmp }
                        millrace.collector {
                          priority = 1
                          sources {
                            a { type = avro, port = 4141, channels = [files], compresion = deflate }
                            b { type = avro, port = 4141, channels = [fils], tls { enabled = true, keystor = x } }
                            c { type = avro, channels = [files], acknowledge = never }
                          }
                          channels { files {} }
                          sinks { files { type = hdfs, channel = files, path = "file:///tmp/x" } }
                        }
                        """)
                .withFallback(ConfigFactory.defaultReference())
                .resolve();

        CollectorSettings.from(config, problems);

        assertThat(problems.found())
                .extracting(
                        problem -> problem.key().replace("millrace.collector.sources.", "") + " " + problem.message())
                .anyMatch(text -> text.startsWith("a.compresion is not a key") && text.contains("'compression'"))
                .anyMatch(text -> text.startsWith("b.port source a listens on the same port ("))
                .anyMatch(text -> text.startsWith("b.channels there is no channel 'fils'; there are: files"))
                .anyMatch(text -> text.startsWith("b.tls.keystor is not a key") && text.contains("'keystore'"))
                .anyMatch(text -> text.startsWith("b.tls.keystore is missing: a server needs a certificate"))
                .anyMatch(text -> text.startsWith("c.port is missing"))
                .anyMatch(text -> text.startsWith("c.acknowledge 'never' is not one of stored, channel"));
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
