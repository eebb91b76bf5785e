package org.millrace.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlumeNodeTest {
    private static final Path LIB = Path.of(System.getProperty("millrace.flume-server.lib"));

    @TempDir
    Path directory;

    @Test
    void shouldCarryEventsFromNodeToNodeAndSurviveAKill() throws IOException {
        int port = FreePorts.take(1).get(0);
        Path spool = Files.createDirectories(directory.resolve("spool"));
        Path out = Files.createDirectories(directory.resolve("out"));
        String collector = """
                a1.sources = r1
                a1.channels = c1
                a1.sinks = k1
                a1.sources.r1.type = avro
                a1.sources.r1.bind = 127.0.0.1
                a1.sources.r1.port = %d
                a1.sources.r1.channels = c1
                a1.channels.c1.type = file
                a1.channels.c1.checkpointDir = %s/checkpoint
                a1.channels.c1.dataDirs = %s/data
                a1.channels.c1.minimumRequiredSpace = 1048576
                a1.sinks.k1.type = file_roll
                a1.sinks.k1.channel = c1
                a1.sinks.k1.sink.directory = %s
                """.formatted(port, directory, directory, out);
        String agent = """
                a1.sources = r1
                a1.channels = c1
                a1.sinks = k1
                a1.sources.r1.type = spooldir
                a1.sources.r1.spoolDir = %s
                a1.sources.r1.channels = c1
                a1.channels.c1.type = memory
                a1.sinks.k1.type = avro
                a1.sinks.k1.channel = c1
                a1.sinks.k1.hostname = 127.0.0.1
                a1.sinks.k1.port = %d
                """.formatted(spool, port);
        try (FlumeNode receiver = FlumeNode.start(LIB, directory.resolve("collector"), collector);
                FlumeNode sender = FlumeNode.start(LIB, directory.resolve("agent"), agent)) {
            Files.writeString(spool.resolve("one.log"), "first\n");
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(lines(out)).containsExactly("first"));

            receiver.kill();
            assertThat(receiver.isAlive()).isFalse();
            receiver.start();
            Files.writeString(spool.resolve("two.log"), "second\n");
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(lines(out)).contains("first", "second"));
            sender.stop();
            assertThat(sender.isAlive()).isFalse();
        }
    }

    @Test
    void shouldShowWhyItDoesNotStart() {
        assertThatThrownBy(() -> FlumeNode.start(directory.resolve("absent"), directory, ""))
                .hasMessageContaining(directory.resolve("absent").toString())
                .hasMessageContaining("flume-server");
    }

    private static List<String> lines(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.flatMap(file -> {
                        try {
                            return Files.readString(file, StandardCharsets.UTF_8)
                                    .lines();
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    })
                    .toList();
        }
    }
}
