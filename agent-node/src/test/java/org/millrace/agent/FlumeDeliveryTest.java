package org.millrace.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.settings.ConfigProblems;
import org.millrace.telemetry.Telemetry;
import org.millrace.trial.FlumeNode;
import org.millrace.trial.FreePorts;

/** An agent in an actor system without a cluster, and a real Flume collector. */
class FlumeDeliveryTest {
    private static final Path LIB = Path.of(System.getProperty("millrace.flume-server.lib"));
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private final ActorTestKit kit = ActorTestKit.create();
    private final int port = FreePorts.take(1).get(0);

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void shouldCompleteAFileOnlyWhenACollectorHasIt() throws IOException {
        Path spool = Files.createDirectories(directory.resolve("spool"));
        Path out = Files.createDirectories(directory.resolve("out"));
        List<String> lines =
                IntStream.range(0, 2_000).mapToObj(i -> "line " + i).toList();
        Files.write(spool.resolve("one.log"), lines);
        AgentSettings settings = settings(spool);
        assertThat(settings.joinsCluster()).isFalse();
        Telemetry telemetry = Telemetry.inMemory();
        kit.spawn(AgentNode.create(settings, telemetry), "agent");
        await().atMost(PATIENCE)
                .until(() -> telemetry.part("sink", "k1").counter("failures").count() > 0
                        && telemetry.total("channel", "held.events") > 0);
        assertThat(spool.resolve("one.log")).exists();

        try (FlumeNode collector = FlumeNode.start(LIB, directory.resolve("collector"), """
                a1.sources = r1
                a1.channels = c1
                a1.sinks = k1
                a1.sources.r1.type = avro
                a1.sources.r1.bind = 127.0.0.1
                a1.sources.r1.port = %d
                a1.sources.r1.channels = c1
                a1.channels.c1.type = memory
                a1.channels.c1.capacity = 10000
                a1.sinks.k1.type = file_roll
                a1.sinks.k1.channel = c1
                a1.sinks.k1.sink.directory = %s
                a1.sinks.k1.sink.rollInterval = 0
                """.formatted(port, out))) {
            assertThat(collector.isAlive()).isTrue();
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(spool.resolve("one.log.COMPLETED")).exists());
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(read(out)).isEqualTo(lines));
        }
    }

    private AgentSettings settings(Path spool) {
        Config config = ConfigFactory.parseString("""
                millrace.node { name = node01, state-directory = "%s" }
                millrace.agent {
                  sources.r1 { type = spool-directory, directory = "%s", channels = [c1] }
                  channels.c1 {}
                  sinks.k1 {
                    type = avro, channel = c1, retry-longest = 500 ms
                    collectors.a { host = 127.0.0.1, port = %d }
                  }
                }
                """.formatted(directory.resolve("state"), spool, port))
                .withFallback(ConfigFactory.defaultReference());
        ConfigProblems problems = new ConfigProblems();
        AgentSettings settings = AgentSettings.from(config, problems);
        problems.throwIfAny();
        return settings;
    }

    private static List<String> read(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted()
                    .flatMap(file -> {
                        try {
                            return Files.readAllLines(file).stream();
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    })
                    .toList();
        }
    }
}
