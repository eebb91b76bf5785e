package org.millrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.millrace.event.EventBatch;
import org.millrace.flow.Interceptor;
import org.millrace.flow.Tally;
import org.millrace.settings.ConfigSection;

/** Interceptors and selectors at work in whole nodes. */
class RoutingTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private EmbeddedNodes nodes;
    private Path spool;

    @BeforeEach
    void start() throws IOException {
        nodes = new EmbeddedNodes(directory);
        spool = Files.createDirectory(directory.resolve("spool"));
    }

    @AfterEach
    void stop() {
        nodes.close();
    }

    /**
     * The agent leaves out DEBUG and sends WARN over a lane of its own; the collector splits by a header
     * that the agent set, and keeps a copy of what it can.
     */
    @Test
    void shouldSendEventsDifferentWaysOnAgentAndCollector() throws IOException {
        startCollector("""
                interceptors = [ { type = search-replace, search-pattern = "secret=[^ ]+", replace-string = "secret=*" } ]
                selector { type = multiplexing, header = level
                  mapping { INFO = [info], WARN = [warn, info] }, default = [], optional { INFO = [copy], WARN = [copy] } }
                """, "info", "warn", "copy");
        nodes.startAgent("""
                sources { weblogs { type = spool-directory, directory = "%s", channels = [c1, c2]
                  interceptors = [
                    { type = regex-filter, regex = "^DEBUG", exclude-events = true }
                    { type = regex-extractor, regex = "^(\\\\w+)", serializers = [ { name = level } ] }
                  ]
                  selector { type = multiplexing, header = level, mapping { WARN = [c2] }, default = [c1] } } }
                channels { c1 {}, c2 {} }
                """.formatted(spool));
        List<String> info = new ArrayList<>();
        List<String> warn = new ArrayList<>();
        List<String> written = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            String level = List.of("INFO", "WARN", "DEBUG", "TRACE").get(i % 4);
            written.add(level + " " + i + " secret=" + i);
            String stored = level + " " + i + " secret=*";
            if (level.equals("WARN")) {
                warn.add(stored);
            } else if (level.equals("INFO")) {
                info.add(stored);
            }
        }
        drop("a.log", written);
        drop("b.log", List.of("DEBUG 1", "TRACE 2"));

        awaitCompleted("a.log");
        awaitCompleted("b.log");
        assertThat(stored("warn")).isEqualTo(warn);
        assertThat(stored("info").stream().filter(line -> line.startsWith("INFO")))
                .isEqualTo(info);
        assertThat(stored("info")).hasSize(info.size() + warn.size()).containsAll(warn);
        await().atMost(LIMIT).until(() -> stored("copy").size() == info.size() + warn.size());
        assertThat(dropped("agent", "weblogs", "regex-filter")).isEqualTo(1251);
        assertThat(dropped("collector", "node04", "no-channel")).isEqualTo(1251);
    }

    /** Throws for the first two batches that it sees. */
    public static final class ThrowingAtFirst implements Interceptor {
        private static final AtomicInteger CALLS = new AtomicInteger();

        public ThrowingAtFirst(ConfigSection section) {
            CALLS.set(0);
        }

        @Override
        public Optional<EventBatch> intercept(EventBatch batch, Tally tally) {
            if (CALLS.incrementAndGet() <= 2) {
                throw new IllegalStateException("not yet");
            }
            return Optional.of(batch);
        }
    }

    @Test
    void shouldTryAgainWhereAnInterceptorOfOnesOwnThrows() throws IOException {
        startCollector("", "all");
        nodes.startAgent("""
                sources { weblogs { type = spool-directory, directory = "%s", channels = [c1]
                  interceptors = [ { type = "%s" } ] } }
                channels { c1 {} }
                """.formatted(spool, ThrowingAtFirst.class.getName()));
        drop("a.log", List.of("one", "two"));

        awaitCompleted("a.log");
        assertThat(stored("all")).containsExactly("one", "two");
        assertThat(nodes.agentTelemetry()
                        .part("source", "weblogs")
                        .counter("failures")
                        .count())
                .isEqualTo(2);
    }

    private void startCollector(String flow, String... stores) {
        StringBuilder keys = new StringBuilder(flow);
        for (String store : stores) {
            keys.append("""
                    channels.%1$s {}
                    sinks.%1$s { type = hdfs, channel = %1$s, path = "file://%2$s" }
                    """.formatted(store, directory.resolve(store)));
        }
        nodes.startCollector(keys.toString());
    }

    private void drop(String name, List<String> lines) throws IOException {
        Path file = Files.write(directory.resolve(name), lines);
        Files.move(file, spool.resolve(name));
    }

    private void awaitCompleted(String name) {
        await().atMost(LIMIT).until(() -> Files.exists(spool.resolve(name + ".COMPLETED")));
    }

    private List<String> stored(String store) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory.resolve(store))) {
            for (Path file : files.filter(path -> !path.getFileName().toString().endsWith(".crc"))
                    .toList()) {
                lines.addAll(Files.readAllLines(file));
            }
        }
        return lines;
    }

    private double dropped(String node, String name, String reason) {
        return (node.equals("agent") ? nodes.agentTelemetry() : nodes.collectorTelemetry())
                .part("flow", name)
                .counter("dropped.events", reason)
                .count();
    }
}
