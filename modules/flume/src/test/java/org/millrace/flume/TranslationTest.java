package org.millrace.flume;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.settings.ConfigProblem;

class TranslationTest {
    private static final String SINKS = """
            a.channels = c
            a.channels.c.type = memory
            a.sinks = k
            a.sinks.k.type = avro
            a.sinks.k.channel = c
            a.sinks.k.hostname = node04
            a.sinks.k.port = 52020
            """;
    private static final String AGENT = SINKS + """
            a.sources = r
            a.sources.r.type = spooldir
            a.sources.r.spoolDir = /data
            a.sources.r.channels = c
            """;

    @TempDir
    private Path directory;

    @Test
    void shouldTranslateThePublishedAgentAsItIs() {
        Translation translation = Published.translate("agent1.properties", "agent1");

        assertThat(translation.problems()).isEmpty();
        assertThat(translation.kind()).isEqualTo(FlumeKind.AGENT);
        assertThat(translation.text()).isEqualTo("""
                # The agent agent1 of Flume's agent1.properties, as millrace import wrote it. The keys are explained
                # in docs/configuration.md.
                millrace {
                  node {
                    # Unique in the cluster, and the same after every restart.
                    name = "node01"
                    state-directory = "/var/lib/millrace/node01"
                  }

                  cluster {
                    host = "node01.example.org"
                    # The cluster's port, not Flume's Avro RPC port.
                    port = 2552
                    # Whom a starting node asks to let it in: the same list on every node.
                    seed-nodes = ["node04:2552", "node05:2552"]
                  }

                  agent {
                    # For this agent, as in the sink groups of Flume's file; others may have it otherwise.
                    collectors {
                      node04 {
                        priority = 10
                      }

                      node05 {
                        priority = 5
                      }
                    }

                    sources {
                      r1 {
                        type = spool-directory
                        directory = "/data/logdfs"
                        file-header = true
                        # Millrace's default is true.
                        basename-header = false
                        channels = ["c1"]
                      }
                    }

                    channels {
                      c1 {
                        # As in Flume's file. Millrace's default is 200000; more lets more batches be under way.
                        capacity-events = 1000
                      }
                    }
                  }
                }
                """);
    }

    @Test
    void shouldNoticeEveryOddityOfThePublishedAgent() {
        List<Notice> notices =
                Published.translate("agent1.properties", "agent1").notices();

        assertThat(notices)
                .extracting(TranslationTest::lineAndKey)
                .contains(
                        "8 agent1.channels.c1.capacity",
                        "9 agent1.channels.c1.transactionCapacity",
                        "15 agent1.sources.r1.type",
                        "16 agent1.sources.r1.spoolDir",
                        "24 agent1.sinks.k1.port",
                        "27 agent1.sinks.k2.type",
                        "29 agent1.sinks.k2.port",
                        "32 agent1.sinkgroups",
                        "36 agent1.sinkgroups.g1.processor.type",
                        "37 agent1.sinkgroups.g1.processor.priority.k1",
                        "39 agent1.sinkgroups.g1.processor.maxpenalty")
                .filteredOn(place -> place.contains(" agent1."))
                .isSortedAccordingTo((one, other) -> Integer.compare(line(one), line(other)));
        assertThat(notices)
                .extracting(Notice::toString)
                .anyMatch(notice -> notice.contains("32: agent1.sinkgroups: written 'g1 \\u00a0', taken 'g1'"))
                .anyMatch(notice -> notice.contains("priority.k1: written '10  #") && notice.contains("taken '10'"))
                .anyMatch(notice -> notice.contains("maxpenalty: written '10000', left out: not needed"));
    }

    @ParameterizedTest
    @CsvSource({"node04, node04", "node05, node04"})
    void shouldTranslateThePublishedCollectorsAsTheyAre(String node, String headerValue) {
        Translation translation = Published.translate(node + ".properties", "a1");

        assertThat(translation.problems()).isEmpty();
        assertThat(translation.kind()).isEqualTo(FlumeKind.COLLECTOR);
        assertThat(translation.config()).isEqualTo(ConfigFactory.parseString("""
                millrace {
                  node { name = "%s", state-directory = "/var/lib/millrace/%s" }
                  cluster { host = "%s", port = 2552, seed-nodes = ["%s:2552"] }
                  collector {
                    priority = 0
                    interceptors = [ { type = static, key = Collector, value = "%s" } ]
                    sources.r1 {
                      type = avro
                      bind = "%s"
                      port = 52020
                      channels = [kafka_c1, hdfs_c2]
                      interceptors = [ { type = static, key = Collector, value = "%s" } ]
                    }
                    channels {
                      kafka_c1 { capacity-events = 1000 }
                      hdfs_c2 { capacity-events = 1000 }
                    }
                    sinks {
                      kafka_k1 {
                        type = kafka
                        channel = kafka_c1
                        bootstrap-servers = "node01:9092,node02:9092,node03:9092"
                        topic = rwb_topic
                        topic-header = topic
                        key-header = key
                      }
                      hdfs_k2 {
                        type = hdfs
                        channel = hdfs_c2
                        path = "hdfs://mycluster:8020/flume/logdfs"
                        file-prefix = "%%Y-%%m-%%d"
                        file-suffix = ".txt"
                        timestamp = local
                        roll-interval = 1 s
                        roll-size = 128 MiB
                        roll-count = 0
                      }
                    }
                  }
                }
                """.formatted(
                        node, node, node, node, headerValue, node, headerValue)));
        assertThat(translation.notices())
                .extracting(Notice::toString)
                .anyMatch(notice ->
                        notice.contains(": 29: a1.sinks.kafka_k1.brokerList: ") && notice.contains("old name"))
                .anyMatch(notice ->
                        notice.contains(": 30: a1.sinks.kafka_k1.requiredAcks: written '1', taken 'acks = all'"))
                .anyMatch(notice -> notice.contains(
                        "kafka_c1.transactionCapacity: written '100', taken 'transactions of" + " up to 1000 events'"))
                .noneMatch(notice -> notice.contains("roll-interval"))
                .anyMatch(notice -> notice.contains("rollCount: not written, taken 'roll-count = 0'"))
                .anyMatch(notice -> notice.contains("rollSize: not written, taken 'roll-size = 128 MiB'"));
        assertThat(translation.noticesOfImport())
                .extracting(Notice::toString)
                .anyMatch(notice -> notice.contains("rollInterval: written '1', taken 'roll-interval = 1 s'"));
    }

    @Test
    void shouldTakeACollectorsPriorityAndSeedNodesFromTheAgentsFile() throws IOException {
        Path hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.4 node04 # the first\n127.0.0.5\tnode05\n");
        NodeOptions options = new NodeOptions(
                Optional.empty(),
                Optional.of(Path.of("/state")),
                Optional.empty(),
                4000,
                List.of(),
                Optional.empty(),
                Optional.of(Published.file("agent1.properties")),
                Optional.of(hosts),
                Optional.of(Path.of("/etc/hadoop/conf")),
                Set.of());

        Translation translation = Published.translate(Published.file("node05.properties"), "a1", options);

        Config config = translation.config();
        assertThat(translation.problems()).isEmpty();
        assertThat(config.getInt("millrace.collector.priority")).isEqualTo(5);
        assertThat(config.getString("millrace.node.name")).isEqualTo("node05");
        assertThat(config.getString("millrace.node.state-directory")).isEqualTo("/state");
        assertThat(config.getString("millrace.cluster.host")).isEqualTo("127.0.0.5");
        assertThat(config.getStringList("millrace.cluster.seed-nodes"))
                .containsExactly("127.0.0.4:4000", "127.0.0.5:4000");
        assertThat(config.getStringList("millrace.collector.sinks.hdfs_k2.hadoop-conf-directories"))
                .containsExactly("/etc/hadoop/conf");
    }

    /** Agents that spread themselves over collectors by hand, as Flume's users do. */
    @Test
    void shouldTakeTheFirstOfSeveralPrioritiesForACollectorWhereAgentsDisagree() throws IOException {
        String group = """
                a.sinkgroups = g
                a.sinkgroups.g.sinks = k
                a.sinkgroups.g.processor.type = failover
                a.sinkgroups.g.processor.priority.k = 10
                """;
        String one = AGENT + group;
        Path agents = Files.writeString(
                directory.resolve("agents.conf"), one + one.replace("a.", "b.").replace("= 10", "= 5"));
        NodeOptions options = new NodeOptions(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                4000,
                List.of(),
                Optional.empty(),
                Optional.of(agents),
                Optional.empty(),
                Optional.empty(),
                Set.of());

        Translation collector = Published.translate(Published.file("node04.properties"), "a1", options);
        Translation second = Published.translate(agents, "b", Published.NO_OPTIONS);

        assertThat(collector.problems()).isEmpty();
        assertThat(collector.config().getInt("millrace.collector.priority")).isEqualTo(10);
        assertThat(collector.notices())
                .extracting(Notice::toString)
                .anyMatch(notice ->
                        notice.contains("b.sinks.k.hostname: written 'node04', taken 'priority 10, as in line"));
        assertThat(second.config().getInt("millrace.agent.collectors.node04.priority"))
                .isEqualTo(5);
    }

    @Test
    void shouldKnowTheFlumeLineOfEveryKey() {
        Config config = Published.translate("node04.properties", "a1").config();

        assertThat(config.getValue("millrace.collector.sinks.hdfs_k2.file-suffix")
                        .origin()
                        .description())
                .isEqualTo(Published.file("node04.properties") + ": 40");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "batchSize = 5000        | batch-events = 5000",
                "deletePolicy = immediate| on-completion = delete",
                "deletePolicy = NEVER    | on-completion = rename",
                "basenameHeader = true   | basename-header = true",
                "pollDelay = 250         | poll-interval = 250 ms",
                "includePattern = ^.*\\.log$ | include-pattern = \"^.*.log$\"",
                "deserializer.maxLineLength = 1000 | max-event = 3000 B",
                "bufferMaxLineLength = 10| max-event = 64 B",
                "bufferMaxLineLength = 1000000 | max-event = 1572864 B",
                "batchSize = 20000 | batch-events = 10000",
                "recursiveDirectorySearch = TRUE | recursive = true",
            })
    void shouldTranslateTheSpoolDirectorysKeys(String flume, String hocon) throws IOException {
        Translation translation = translate(AGENT + "a.sources.r." + flume + "\n");

        assertThat(translation.problems()).isEmpty();
        assertThat(translation.text()).contains("        " + hocon + "\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sources.r.spooldir = /x              | did you mean 'spoolDir'",
                "sources.r.trackingPolicy = tracker_dir | 'tracker_dir' is not supported yet, only rename is",
                "sources.r.deserializer = AVRO        | 'AVRO' is not supported yet, only LINE is",
                "sources.r.pollDelay = soon           | must be a whole number, is 'soon'",
                "sources.r.fileHeader = yes           | must be true or false, is 'yes'",
                "sources.r.deletePolicy = later       | is not one of immediate, never",
                "sources.r.channels = c d             | there is no channel 'd'; there are: c",
                "sources = r r2                       | there is no a.sources.r2.*",
                "channels.c.capacity = 0              | must be at least 1, is 0",
                "channels.c.capcity = 10              | did you mean 'capacity'",
                "channels.c.type = file               | the channel 'file' is not supported yet",
                "channels.c.type = memry              | 'memry' is no channel of Flume; did you mean 'memory'?",
                "sinks.k.type = com.example.Sink      | class of your own: not supported yet",
                "sinks.k.type = hdfs                  | 'hdfs' on an agent is not supported yet",
                "sinks.k.ssl = true                   | 'true' is not supported yet towards a collector",
                "sinks.k.channel = cc                 | there is no channel 'cc'",
                "sink.k.hostname = node05             | did you mean 'sinks'",
                "configfilters = f                    | configuration filters are not supported yet",
                "sources.r.type = exec                | the source 'exec' is not supported yet",
                "sources.r.interceptors = i           | names 'i', but there is no a.sources.r.interceptors.i.*",
                "sources.r.selector.type = load_balanced | is no selector of Flume; did you mean 'load_balancing'?",
            })
    void shouldNameEveryMistake(String line, String message) throws IOException {
        Translation translation = translate(AGENT + "a." + line + "\n");

        assertThat(translation.problems())
                .extracting(ConfigProblem::toString)
                .anyMatch(problem ->
                        problem.startsWith(directory.resolve("flume.conf") + ": ") && problem.contains(message));
    }

    @Test
    void shouldPickOneOfSeveralAgentsAndSayWhichThereAre() throws IOException {
        String two = AGENT + AGENT.replace("a.", "other.").replace("/data", "/other");

        assertThat(translate(two).config().getString("millrace.agent.sources.r.directory"))
                .isEqualTo("/data");
        Files.writeString(directory.resolve("flume.conf"), two);
        assertThat(Published.translate(directory.resolve("flume.conf"), "othr", Published.NO_OPTIONS)
                        .problems())
                .singleElement()
                .asString()
                .contains("there is no agent 'othr' in it; it has: a, other; did you mean 'other'?");
    }

    @Test
    void shouldNoticeWhatIsNotListedOrWrittenTwiceOrEmpty() throws IOException {
        Translation translation = translate(AGENT + """
                a.sources.idle.type = exec
                a.sources.r.spoolDir = /data2
                a.sources.r.fileSuffix =
                """);

        assertThat(translation.problems()).isEmpty();
        assertThat(translation.config().getString("millrace.agent.sources.r.directory"))
                .isEqualTo("/data2");
        assertThat(translation.notices())
                .extracting(Notice::toString)
                .anyMatch(notice ->
                        notice.contains("12: a.sources.idle: written '1 properties', left out: 'idle' is not in"))
                .anyMatch(notice -> notice.contains("10: a.sources.r.spoolDir: written '/data', taken '/data2'"))
                .anyMatch(notice -> notice.contains("14: a.sources.r.fileSuffix: ") && notice.contains("no value"));
    }

    @Test
    void shouldRaiseACapacityBelowTheLargestBatch() throws IOException {
        Translation translation = translate(
                AGENT + "a.channels.c.capacity = 500\na.sources.r.batchSize = 1000\na.sinks.k.batch-size = 200\n");

        assertThat(translation.config().getInt("millrace.agent.channels.c.capacity-events"))
                .isEqualTo(1000);
        assertThat(translation.notices())
                .extracting(Notice::toString)
                .anyMatch(notice ->
                        notice.contains("13: a.sources.r.batchSize: written '1000', taken 'transactions of up to"
                                        + " 1000 events': ")
                                && notice.contains("100, Flume's default"))
                .anyMatch(notice -> notice.contains("capacity: written '500', taken 'capacity-events = 1000'"));
    }

    @Test
    void shouldNeverShowAPassword() throws IOException {
        Translation translation = translate(AGENT + """
                a.sinks.k.truststore-password = topsecret # of the host
                a.sinks.k.truststore-password = topsecret\u00a0
                """);

        assertThat(translation.notices())
                .hasSizeGreaterThan(2)
                .noneMatch(notice -> notice.toString().contains("topsecret"))
                .anyMatch(notice -> notice.toString().contains("truststore-password: written '***', left out"));
        assertThat(translation.problems()).isEmpty();
    }

    @Test
    void shouldReadAFileThatIsNoUtf8() throws IOException {
        Path file = directory.resolve("flume.conf");
        Files.write(file, (AGENT + "a.sources.r.fileSuffix = .\u00e4\n").getBytes(ISO_8859_1));

        Translation translation = Published.translate(file, "a", Published.NO_OPTIONS);

        assertThat(translation.config().getString("millrace.agent.sources.r.completed-suffix"))
                .isEqualTo(".\u00e4");
        assertThat(translation.notices()).extracting(Notice::taken).contains("ISO 8859-1");
    }

    @Test
    void shouldSayOfAFileThatIsNotThereNothingElse() {
        assertThat(Published.translate(directory.resolve("absent.conf"), "a", Published.NO_OPTIONS)
                        .problems())
                .extracting(ConfigProblem::toString)
                .containsExactly(directory.resolve("absent.conf") + ": there is no such file; correct the name");
    }

    private Translation translate(String text) throws IOException {
        Path file = Files.writeString(directory.resolve("flume.conf"), text);
        return Published.translate(file, "a", Published.NO_OPTIONS);
    }

    private static String lineAndKey(Notice notice) {
        return notice.where().replaceFirst(".*: ", "") + " " + notice.key();
    }

    private static int line(String lineAndKey) {
        String line = lineAndKey.substring(0, lineAndKey.indexOf(' '));
        return line.matches("\\d+") ? Integer.parseInt(line) : Integer.MAX_VALUE;
    }
}
