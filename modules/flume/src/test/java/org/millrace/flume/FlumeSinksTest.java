package org.millrace.flume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Avro sinks that lead to collectors that run Flume. */
class FlumeSinksTest {
    private static final Set<String> ALL = Set.of("node04", "node05");
    private static final String AGENT = """
            a.sources = r
            a.sources.r.type = spooldir
            a.sources.r.spoolDir = /data
            a.sources.r.channels = c
            a.channels = c
            a.channels.c.type = memory
            a.sinks = k1 k2
            a.sinks.k1.type = avro
            a.sinks.k1.channel = c
            a.sinks.k1.hostname = node04
            a.sinks.k1.port = 52020
            a.sinks.k2.type = avro
            a.sinks.k2.channel = c
            a.sinks.k2.hostname = node05
            a.sinks.k2.port = 52021
            """;
    private static final String GROUP = "a.sinkgroups = g\na.sinkgroups.g.sinks = k1 k2\n";

    @TempDir
    private Path directory;

    @Test
    void shouldMakeOneSinkOfAFailoverGroup() throws IOException {
        Translation translation = translate(AGENT + GROUP + """
                a.sinkgroups.g.processor.type = failover
                a.sinkgroups.g.processor.priority.k1 = 10
                a.sinkgroups.g.processor.priority.k2 = -5
                a.sinkgroups.g.processor.maxpenalty = 10000
                """, ALL);

        assertThat(translation.problems()).isEmpty();
        assertThat(translation.text()).doesNotContain("cluster {").contains("""
                    # These speak Flume's protocol. They are acknowledged when an event is in the collector's
                    # channel, so what a memory channel there holds when it dies is lost.
                    sinks {
                      g {
                        type = avro
                        channel = "c"
                        collectors {
                          k1 {
                            host = "node04"
                            port = 52020
                            priority = 1
                          }

                          k2 {
                            host = "node05"
                            port = 52021
                            priority = 0
                          }
                        }
                        retry-shortest = 100 ms
                        retry-longest = 10000 ms
                      }
                    }
                """);
    }

    @Test
    void shouldTakeOverEveryProperty() throws IOException {
        String properties = "";
        for (String sink : List.of("k1", "k2")) {
            properties += """
                    batch-size = 1000
                    connect-timeout = 5000
                    request-timeout = 999
                    reset-connection-interval = 60
                    maxIoWorkers = 3
                    compression-type = deflate
                    compression-level = 9
                    ssl = true
                    trust-all-certs = false
                    truststore = /etc/trust.jks
                    truststore-password = secret
                    truststore-type = JKS
                    exclude-protocols = SSLv3 TLSv1
                    """.replaceAll("(?m)^", "a.sinks." + sink + ".");
        }
        Translation translation = translate(
                AGENT + GROUP + "a.sinkgroups.g.processor.type = load_balance\n"
                        + "a.sinkgroups.g.processor.selector = random\na.sinkgroups.g.processor.backoff = true\n"
                        + properties,
                ALL);

        assertThat(translation.problems()).isEmpty();
        assertThat(translation.text()).contains("""
                        spread = random
                        batch-events = 1000
                        connect-timeout = 5000 ms
                        request-timeout = 20000 ms
                        reconnect-interval = 60 s
                        compression = deflate
                        compression-level = 9
                        tls {
                          enabled = true
                          # As Flume's sink. Better true, where certificates have the names of the hosts.
                          check-host = false
                          trust-all = false
                          truststore = "/etc/trust.jks"
                          truststore-password = "secret"
                          truststore-type = "JKS"
                          exclude-protocols = ["SSLv3", "TLSv1"]
                        }
                """);
        assertThat(translation.notices())
                .extracting(Notice::key)
                .contains("a.sinks.k1.request-timeout", "a.sinks.k1.ssl", "a.sinks.k1.maxIoWorkers")
                .contains("a.sinkgroups.g.processor.backoff");
    }

    @Test
    void shouldNameASinkWithoutAGroupAfterItself() throws IOException {
        Translation translation =
                translate(AGENT.replace(" k2\n", "\n").replaceAll("(?m)^a\\.sinks\\.k2.*\n", ""), ALL);

        assertThat(translation.problems()).isEmpty();
        assertThat(translation.config().getInt("millrace.agent.sinks.k1.collectors.k1.port"))
                .isEqualTo(52020);
    }

    @Test
    void shouldRefuseAChannelThatLeadsBothWays() throws IOException {
        Translation translation = translate(AGENT + GROUP, Set.of("node04"));

        assertThat(translation.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.key()).isEqualTo("a.sinks.k2.hostname");
            assertThat(problem.message()).contains("--flume-collectors").contains("a channel leads one way");
        });
    }

    @Test
    void shouldNoticeAFlumeCollectorThatNoSinkLeadsTo() throws IOException {
        Translation translation = translate(AGENT, Set.of("node04", "node05", "nod05"));

        assertThat(translation.problems()).isEmpty();
        assertThat(translation.notices())
                .extracting(Notice::toString)
                .anySatisfy(notice -> assertThat(notice)
                        .contains("--flume-collectors: written 'nod05', left out: no Avro sink leads there")
                        .contains("did you mean 'node05'"));
    }

    @Test
    void shouldLetOneChannelLeadToTheClusterAndAnotherToFlume() throws IOException {
        Translation translation = translate(
                AGENT.replace("channels = c\n", "channels = c d\n").replace("k2.channel = c", "k2.channel = d")
                        + "a.channels.d.type = memory\n",
                Set.of("node05"));

        assertThat(translation.problems()).isEmpty();
        assertThat(translation.config().getString("millrace.agent.sinks.k2.channel"))
                .isEqualTo("d");
        assertThat(translation.config().getStringList("millrace.cluster.seed-nodes"))
                .containsExactly("node04:2552");
    }

    @ParameterizedTest
    @CsvSource({
        "k2, batch-size = 7, a.sinks.k2.batch-size, different values for the sinks of channel c",
        "k1, ssl = true, a.sinks.k2.ssl, different values for the sinks of channel c",
        "k1, compression-type = gzip, a.sinks.k1.compression-type, 'must be none or deflate, is ''gzip'''",
    })
    void shouldNameWhatItCannotTakeOver(String sink, String property, String key, String message) throws IOException {
        Translation translation = translate(AGENT + GROUP + "a.sinks." + sink + "." + property + "\n", ALL);

        assertThat(translation.problems()).anySatisfy(problem -> {
            assertThat(problem.key()).isEqualTo(key);
            assertThat(problem.message()).startsWith(message);
        });
    }

    @Test
    void shouldSayWhatIsNotNeededOverTheClusterAndRefuseWhatIsMissingThere() throws IOException {
        Translation translation = translate(
                AGENT + GROUP + "a.sinks.k1.batch-size = 7\na.sinks.k2.ssl = true\na.sinks.k2.truststore = /t\n",
                Set.of());

        assertThat(translation.notices())
                .extracting(Notice::key)
                .contains("a.sinks.k1.port", "a.sinks.k1.batch-size", "a.sinks.k2.truststore");
        assertThat(translation.problems())
                .singleElement()
                .asString()
                .contains("a.sinks.k2.ssl: 'true' is not supported yet");
    }

    private Translation translate(String text, Set<String> flumeCollectors) throws IOException {
        NodeOptions options = new NodeOptions(
                Optional.of("node01"),
                Optional.of(directory),
                Optional.empty(),
                NodeOptions.DEFAULT_PORT,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                flumeCollectors);
        return Translation.of(
                Files.writeString(directory.resolve("flume.conf"), text),
                "a",
                Optional.of(FlumeKind.AGENT),
                options,
                Published.surroundings(Map.of()));
    }
}
