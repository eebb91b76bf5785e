package org.millrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.collector.CollectorNode;

/** The nodes as a program of one's own spawns them, with a store that needs no server. */
class EmbeddedTest {
    @TempDir
    private Path directory;

    private EmbeddedNodes nodes;

    @BeforeEach
    void start() {
        nodes = new EmbeddedNodes(directory);
    }

    @AfterEach
    void stop() {
        nodes.close();
    }

    @Test
    void shouldCarryAFileFromAnAgentToACollectorInSystemsOfOnesOwn() throws IOException {
        Path spool = Files.createDirectory(directory.resolve("spool"));
        Path store = directory.resolve("store");
        ActorSystem<CollectorNode.Command> collector = nodes.startCollector("""
                channels { files {} }
                sinks { files { type = hdfs, channel = files, path = "file://%s", file-suffix = ".txt" } }
                """.formatted(store));
        nodes.startAgent("""
                sources { weblogs { type = spool-directory, directory = "%s", channels = [c1] } }
                channels { c1 {} }
                """.formatted(spool));
        String content = "first\r\n\n\u4e2d\u6587 line\nlast without newline";

        Path file = directory.resolve("a.log");
        Files.writeString(file, content);
        Files.move(file, spool.resolve("a.log"));

        await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(spool.resolve("a.log.COMPLETED")));
        assertThat(stored(store)).isEqualTo(content + "\n");
        assertThat(names(store)).allMatch(name -> name.endsWith(".tmp"));

        AskPattern.<CollectorNode.Command, Done>ask(
                        collector,
                        replyTo -> new CollectorNode.Drain(Duration.ofSeconds(10), replyTo),
                        Duration.ofSeconds(20),
                        collector.scheduler())
                .toCompletableFuture()
                .join();
        assertThat(names(store)).hasSize(1).allMatch(name -> name.endsWith(".txt"));
        assertThat(stored(store)).isEqualTo(content + "\n");
    }

    private static List<String> names(Path store) throws IOException {
        try (Stream<Path> files = Files.list(store)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static String stored(Path store) throws IOException {
        StringBuilder all = new StringBuilder();
        for (String name : names(store)) {
            all.append(Files.readString(store.resolve(name), StandardCharsets.UTF_8));
        }
        return all.toString();
    }
}
