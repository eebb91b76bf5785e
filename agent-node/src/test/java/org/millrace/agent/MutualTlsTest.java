package org.millrace.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.millrace.event.EventBatch;
import org.millrace.settings.ConfigProblems;
import org.millrace.settings.ConfigSection;
import org.millrace.source.SourceControl;
import org.millrace.source.avro.AvroSource;
import org.millrace.source.avro.AvroSourceSettings;
import org.millrace.telemetry.Telemetry;
import org.millrace.trial.FreePorts;
import org.millrace.trial.TestCertificates;
import org.slf4j.LoggerFactory;

/** An agent whose Avro sink delivers to an Avro source that demands a certificate of it. */
class MutualTlsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private static Path certificatesDirectory;

    private static TestCertificates certificates;

    @TempDir
    private Path directory;

    private final ActorTestKit kit = ActorTestKit.create();
    private final int port = FreePorts.take(1).get(0);
    private final Telemetry telemetry = Telemetry.inMemory();
    private final List<String> stored = new CopyOnWriteArrayList<>();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final List<String> lines =
            IntStream.range(0, 1_000).mapToObj(i -> "line " + i).toList();

    @BeforeAll
    static void make() {
        certificates = new TestCertificates(certificatesDirectory, "server", "agent", "stranger");
    }

    @BeforeEach
    void listen() {
        log.start();
        ((Logger) LoggerFactory.getLogger("org.millrace")).addAppender(log);
        serve();
    }

    @AfterEach
    void stop() {
        ((Logger) LoggerFactory.getLogger("org.millrace")).detachAppender(log);
        kit.shutdownTestKit();
    }

    @Test
    void shouldDeliverWhereTheSourceTrustsTheSinksCertificate() throws IOException {
        run("agent");

        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(spool().resolve("one.log.COMPLETED")).exists());
        assertThat(stored).isEqualTo(lines);
    }

    @ParameterizedTest
    @CsvSource({"stranger", "''"})
    void shouldSayOnBothSidesThatTheSourceDoesNotTrustTheSink(String certificate) throws IOException {
        run(certificate);

        awaitLine("source in closed the connection of /127.0.0.1:", "no certificate that tls.truststore trusts");
        awaitLine("sink k1: ", "If it demands a certificate: does it trust the one of tls.keystore?");
        assertThat(spool().resolve("one.log")).exists();
        assertThat(stored).isEmpty();
    }

    private void awaitLine(String begin, String part) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(List.copyOf(log.list))
                        .extracting(ILoggingEvent::getFormattedMessage)
                        .anyMatch(line -> line.startsWith(begin) && line.contains(part)));
    }

    /** A source, and a store behind it that takes everything. */
    private void serve() {
        Config root = ConfigFactory.parseString("""
                in {
                  type = avro, bind = 127.0.0.1, port = %d, channels = [c]
                  tls {
                    enabled = true, client-certificates = required
                    %s
                  }
                }
                """.formatted(port, stores("server", "agent")))
                .withFallback(ConfigFactory.defaultReference());
        ConfigProblems problems = new ConfigProblems();
        AvroSourceSettings settings = AvroSourceSettings.from(ConfigSection.of(root, "in", problems), root);
        problems.throwIfAny();
        CompletableFuture<SourceControl> control = new CompletableFuture<>();
        control.complete(AvroSource.of(settings, telemetry).stream()
                .toMat(Sink.foreach(batch -> store(batch, control)), Keep.left())
                .run(kit.system()));
    }

    private void store(EventBatch batch, CompletableFuture<SourceControl> control) {
        for (int i = 0; i < batch.size(); i++) {
            stored.add(batch.bodyText(i, StandardCharsets.UTF_8));
        }
        control.join().committed(batch.last());
    }

    private void run(String certificate) throws IOException {
        Files.createDirectories(spool());
        Files.write(spool().resolve("one.log"), lines);
        Config config = ConfigFactory.parseString(
                        """
                millrace.node { name = node01, state-directory = "%s" }
                millrace.agent {
                  sources.r1 { type = spool-directory, directory = "%s", channels = [c1] }
                  channels.c1 {}
                  sinks.k1 {
                    type = avro, channel = c1, retry-longest = 500 ms
                    collectors.a { host = 127.0.0.1, port = %d }
                    tls {
                      enabled = true
                      %s
                    }
                  }
                }
                """.formatted(directory.resolve("state"), spool(), port, stores(certificate, "server")))
                .withFallback(ConfigFactory.defaultReference());
        ConfigProblems problems = new ConfigProblems();
        AgentSettings settings = AgentSettings.from(config, problems);
        problems.throwIfAny();
        kit.spawn(AgentNode.create(settings, telemetry), "agent");
    }

    private Path spool() {
        return directory.resolve("spool");
    }

    private static String stores(String own, String trusted) {
        String trusting = "truststore = \"%s\", truststore-password = %s"
                .formatted(certificates.trusting(trusted), TestCertificates.PASSWORD);
        return own.isEmpty()
                ? trusting
                : trusting
                        + ", keystore = \"%s\", keystore-password = %s"
                                .formatted(certificates.keys(own), TestCertificates.PASSWORD);
    }
}
